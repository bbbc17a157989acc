import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

let command: ChildProcess;
afterEach(() => command.kill('SIGKILL'));

/** @returns the lines that the script prints. */
function run(script: string): NodeJS.AsyncIterator<string> {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const args = ['--import', 'tsx', path('in-foreground.ts'), path(script)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  command = child;
  return createInterface(child.stdout)[Symbol.asyncIterator]();
}

async function until(lines: NodeJS.AsyncIterator<string>, wanted: string): Promise<void> {
  for (let next = await lines.next(); next.value !== wanted; next = await lines.next()) {
    if (next.done) throw new Error(`the script has not printed ${wanted}`);
  }
}

test('the first signal asks a script to end; one that comes at once, as through npm, is the same; a later one ends it', async () => {
  const lines = run('stubborn-worker.mjs');
  await until(lines, 'ready');
  const start = performance.now();
  const repeated = setInterval(() => command.kill('SIGINT'), 50);
  await until(lines, 'told to end');
  const [code] = await once(command, 'close');
  clearInterval(repeated);
  // 1, or none where another signal came while it was ending.
  expect(code).not.toBe(0);
  expect(performance.now() - start).toBeGreaterThan(500);
});
