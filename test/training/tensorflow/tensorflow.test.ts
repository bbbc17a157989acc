import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test('TensorFlow is not loaded unless oneDNN is enabled', async () => {
  vi.stubEnv('TF_ENABLE_ONEDNN_OPTS', '0');
  await expect(import('../../../training/tensorflow/tensorflow.ts')).rejects.toThrow(
    'expected TF_ENABLE_ONEDNN_OPTS=1 in the environment, got 0',
  );
});

test('the device’s description has versions, processor and threads', async () => {
  const { describeDevice, requireGpu } = await import('../../../training/tensorflow/device.ts');
  const device = describeDevice();
  expect(device).toMatchObject({ intraOpThreads: 2, interOpThreads: 2, node: process.versions.node });
  expect(device.tensorflow).toMatch(/^\d+\.\d+\.\d+/);
  expect(device.name).not.toBe('');
  expect(device).not.toHaveProperty('deterministicOps');
  vi.stubEnv('TF_DETERMINISTIC_OPS', '1');
  expect(describeDevice()).toHaveProperty('deterministicOps', true);
  if (device.kind === 'CPU') expect(requireGpu).toThrow(/expected a GPU, but TensorFlow found none/);
  else expect(requireGpu).not.toThrow();
});

test('the device’s description has the processor’s family and model, which choose oneDNN’s code', async ({
  skip,
}) => {
  if (!/^cpu family/m.test(readFileSync('/proc/cpuinfo', 'utf8'))) return skip();
  const { describeDevice } = await import('../../../training/tensorflow/device.ts');
  expect(describeDevice().processor).toMatch(/^family \d+, model \d+$/);
});

test('a GPU is named by the number or UUID that the process may see', async () => {
  const { gpuName } = await import('../../../training/tensorflow/device.ts');
  const folder = mkdtempSync(join(tmpdir(), 'gpus-'));
  const cards = { '0000:01:00.0': 'A100', '0000:41:00.0': 'H200' };
  for (const [bus, model] of Object.entries(cards)) {
    mkdirSync(join(folder, bus));
    const text = `Model: \t\t NVIDIA ${model}\nIRQ:   \t\t 42\nGPU UUID: \t GPU-${model.toLowerCase()}-1\n`;
    writeFileSync(join(folder, bus, 'information'), text);
  }
  const named = (visible: string | undefined) => gpuName(visible, folder);
  expect([undefined, '0', '1,0', 'GPU-h2', '7', 'MIG-1'].map(named)).toEqual([
    'NVIDIA A100',
    'NVIDIA A100',
    'NVIDIA H200',
    'NVIDIA H200',
    undefined,
    undefined,
  ]);
  rmSync(folder, { recursive: true });
});
