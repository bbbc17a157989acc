import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

let command: ChildProcess;
afterEach(() => command.kill('SIGKILL'));

/** Runs the script. @returns the lines that it prints. */
function run(script: string): NodeJS.AsyncIterator<string> {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const args = ['--import', 'tsx', path('in-foreground.ts'), path(script)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  command = child;
  return createInterface(child.stdout)[Symbol.asyncIterator]();
}

async function until(lines: NodeJS.AsyncIterator<string>, wanted: string): Promise<void> {
  for (let next = await lines.next(); next.value !== wanted; next = await lines.next()) {
    if (next.done) throw new Error(`expected the script to print ${wanted}`);
  }
}

test('the first signal asks a script to end, its repetition through npm changes nothing, and a later one kills it', async () => {
  const lines = run('stubborn-worker.mjs');
  await until(lines, 'ready');
  const start = performance.now();
  const repeated = setInterval(() => command.kill('SIGINT'), 50);
  await until(lines, 'told to end');
  const [code] = await once(command, 'close');
  clearInterval(repeated);
  // 1, or null if another signal arrived while the command was ending.
  expect(code).not.toBe(0);
  expect(performance.now() - start).toBeGreaterThan(500);
});
