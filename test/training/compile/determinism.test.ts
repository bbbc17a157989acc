import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('train-and-print.ts', import.meta.url));

test('the same trials in two processes give the same to the bit', { timeout: 120_000 }, async () => {
  const run = () => promisify(execFile)(process.execPath, ['--import', 'tsx', program]);
  const [first, second] = await Promise.all([run(), run()]);
  expect(first.stdout.trim().split('\n').length).toBe(9);
  expect(second.stdout).toBe(first.stdout);
});
