import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { setQuiet } from '../../infra/quiet.ts';
import { runTasks, type Task } from '../../infra/setup/progress.ts';

const failure = new Error('no compiler');
const tasks: Task[] = [
  {
    title: 'first',
    run: async (onProgress) => {
      onProgress('downloading');
      onProgress('unpacking');
    },
  },
  { title: 'second', run: () => Promise.reject(failure) },
];

/** Runs the tasks. @returns their errors and what was written. */
async function written(size: { isTTY: boolean; columns?: number; rows?: number }) {
  const stream = new PassThrough({ encoding: 'utf8' });
  const errors = await runTasks(tasks, Object.assign(stream, size) as unknown as NodeJS.WriteStream);
  return { errors, text: stripVTControlCharacters(String(stream.read())) };
}

test('without a terminal, a line is written as each task ends', async () => {
  const { errors, text } = await written({ isTTY: false });
  expect(errors).toEqual([failure]);
  expect(text.split('\n').sort()).toEqual([
    '',
    expect.stringMatching(/^ {2}first: ready after \d+\.\d s$/),
    '  second: failed',
  ]);
});

test('a quiet process shows nothing', async () => {
  setQuiet(true);
  const { errors, text } = await written({ isTTY: true });
  setQuiet(false);
  expect(errors).toEqual([failure]);
  expect(text).toBe('null');
});

test.each([
  ['a terminal', { columns: 80, rows: 24 }],
  ['a terminal that does not know its size', { columns: 0, rows: 0 }],
])('in %s, all tasks are shown with their progress', async (_terminal, size) => {
  const { errors, text } = await written({ isTTY: true, ...size });
  expect(errors).toEqual([failure]);
  expect(text).toMatch(/^ {2}first: downloading\n {2}second: …\n/);
  expect(text).toContain('  first: unpacking\n');
  expect(text).toMatch(/ {2}first: ready after \d+\.\d s\n {2}second: failed\n$/);
});
