import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { JobLogs } from '../../trainer/job-logs.ts';
import { endOfOutput } from '../../trainer/protocol.ts';

it('divides both outputs at the marks, also if a mark comes in pieces or one output is behind the other', async () => {
  const [first, second] = [endOfOutput('first'), endOfOutput('second')];
  const { logs, child } = start(`
    const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
    for (const character of 'one\\0${'not a mark'}' + ${JSON.stringify(first)} + 'two') {
      process.stdout.write(character);
      if (character === '\\0') await pause();
    }
    process.stderr.write('late' + ${JSON.stringify(first)} + ${JSON.stringify(second)});
    await pause();
    process.stdout.write(${JSON.stringify(second)} + 'between jobs');
  `);
  const one = logs.begin('first');
  const two = logs.begin('second');
  await one.complete;
  expect([...one.log.text()].sort().join('')).toBe([...'one\0not a marklate'].sort().join(''));
  await two.complete;
  expect(two.log.text()).toBe('two');
  await once(child, 'close');
});

it('gives a job without a mark everything up to the end of the process', async () => {
  const { logs } = start(
    `process.stdout.write('last words\\0end of'); setTimeout(() => process.stderr.write(' and more'), 50)`,
  );
  const { log, complete } = logs.begin('first');
  await complete;
  expect(log.text()).toContain('last words');
  expect(log.text()).toContain(' and more');
});

// --- helpers ---

function start(script: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, logs: new JobLogs(child) };
}
