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

it('kills a process inside a native call if its parent is killed', async () => {
  const script = fileURLToPath(new URL('orphan.ts', import.meta.url));
  const parent = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await once(parent.stdout, 'data');
  child = Number(/^blocking (\d+)\n$/.exec(printed)?.[1]);
  expect(isRunning()).toBe(true);
  const ended = once(parent.stdout, 'end');
  parent.stdout.resume();
  parent.kill('SIGKILL');
  await ended;
});
