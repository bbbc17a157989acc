import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('train-and-print.ts', import.meta.url));

test('the same, bit for bit, in two processes and from each checkpoint', async () => {
  const run = async (...args: string[]) => {
    const command = ['--import', 'tsx', program, ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
  };
  const [first, second] = await Promise.all([run('--resume'), run()]);
  const names = new Set(first.map((line) => line.slice(0, 3).join(' ')));
  expect(names.size).toBe(3 * 3 * 2 + 5);
  for (const [, , , uninterrupted, ...resumed] of first) {
    expect(resumed).toEqual([uninterrupted, uninterrupted]);
  }
  expect(new Set(first.map((line) => line[3])).size).toBe(23);
  expect(second).toEqual(first.map((line) => line.slice(0, 4)));
});
