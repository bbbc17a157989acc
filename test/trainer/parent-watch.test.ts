import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { identifyProcess } from '../../infra/process-identity.ts';

let child: number;
const isRunning = () => identifyProcess(child) !== undefined;
afterEach(() => {
  if (isRunning()) process.kill(child, 'SIGKILL');
});

it('ends a process that is inside a native call when its parent has been killed', async () => {
  const script = fileURLToPath(new URL('orphan.ts', import.meta.url));
  const parent = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(parent.stdout, 'data');
  child = Number(/^blocking (\d+)\n$/.exec(said)?.[1]);
  expect(isRunning()).toBe(true);
  const ended = once(parent.stdout, 'end');
  parent.stdout.resume();
  parent.kill('SIGKILL');
  await ended;
});
