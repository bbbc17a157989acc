import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { projectRoot } from '../../../infra/project.ts';

vi.setConfig({ testTimeout: 60_000 });

it('measures without a word from TensorFlow', async () => {
  const program = `
    const { measureSteps } = await import(${JSON.stringify(join(projectRoot, 'client/start/measure-steps.ts'))});
    const { defaultSettings } = await import(${JSON.stringify(join(projectRoot, 'study/definition/training-config.ts'))});
    const network = { kind: 'dense', hidden: [8] };
    const costs = await measureSteps([{ ...defaultSettings, network }], new AbortController().signal);
    console.log(JSON.stringify(costs));
  `;
  const { out, err } = await run(program);
  expect(err).toBe('');
  expect(JSON.parse(out)).toEqual([
    {
      trainMilliseconds: expect.any(Number),
      evaluationMillisecondsPerImage: expect.any(Number),
      batchSize: 32,
    },
  ]);
});

it('says in one line how a trainer failed', async () => {
  const program = `
    const { measureSteps } = await import(${JSON.stringify(join(projectRoot, 'client/start/measure-steps.ts'))});
    const broken = [{ network: { kind: 'no such network' } }];
    await measureSteps(broken, new AbortController().signal).catch((error) => console.log(error.name, error.message));
  `;
  const { out } = await run(program);
  expect(out).toMatch(/^UserError the time can't be estimated: .+\n$/);
});

// --- helpers ---

/** In a process of its own: what its trainer prints is to be seen as a terminal would. */
async function run(program: string): Promise<{ out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    printed.out += text;
  });
  child.stderr.on('data', (text) => {
    printed.err += text;
  });
  await once(child, 'close');
  return printed;
}
