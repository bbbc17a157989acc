import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { compiledProgram } from '../../../infra/project.ts';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { configOf } from '../../training/configs.ts';

it('measures without output of TensorFlow', async () => {
  const { out, err } = await measure([configOf({ kind: 'dense', hidden: [8] })]);
  expect(err).toBe('');
  expect(JSON.parse(out)).toEqual([
    {
      trainMilliseconds: expect.any(Number),
      evaluationMillisecondsPerImage: expect.any(Number),
      batchSize: 32,
    },
  ]);
});

it('says in one line why a trainer failed', async () => {
  const { out } = await measure([{ network: { kind: 'no such network' } }]);
  expect(out).toMatch(/^UserError the time can't be estimated: .+\n$/);
});

// --- helpers ---

/** In a process of its own, because what its trainer prints would show in a terminal. */
async function measure(configs: unknown[]): Promise<{ out: string; err: string }> {
  const program = `
    import(${JSON.stringify(compiledProgram('client/start/estimate'))})
      .then(({ measureSteps }) => measureSteps(${JSON.stringify(configs)}, ${JSON.stringify(CIFAR10_INPUT)}, new AbortController().signal))
      .then((costs) => console.log(JSON.stringify(costs)))
      .catch((error) => console.log(error.name, error.message));
  `;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
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
