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
