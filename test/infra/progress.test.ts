import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
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

afterEach(() => vi.useRealTimers());

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

test('without a terminal, every 15 s a line says of each task that has not ended what it is doing and for how long', async () => {
  vi.useFakeTimers();
  const stream = new PassThrough({ encoding: 'utf8' });
  const lines = () => (stream.read() as string | null)?.trimEnd().split('\n') ?? [];
  const build = openTask('build');
  const download = openTask('download');
  const running = runTasks([build, download], stream as unknown as NodeJS.WriteStream);
  vi.advanceTimersByTime(14_900);
  expect(lines()).toEqual([]);
  build.report('compiling, package 3 of about 1180');
  vi.advanceTimersByTime(100);
  expect(lines()).toEqual([
    '  build: compiling, package 3 of about 1180, 15 s so far',
    '  download: starting, 15 s so far',
  ]);
  download.end();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(lines()).toEqual([
    '  download: ready after 15.0 s',
    '  build: compiling, package 3 of about 1180, 30 s so far',
  ]);
  build.end();
  await running;
  expect(lines()).toEqual(['  build: ready after 30.0 s']);
  // Nothing keeps the process alive.
  expect(vi.getTimerCount()).toBe(0);
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

/** A task that ends when it is told to. */
function openTask(title: string) {
  let end = () => {};
  let report: (doing: string) => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run: Task['run'] = (onProgress) => {
    report = onProgress;
    return ended;
  };
  return { title, run, end, report: (doing: string) => report(doing) };
}
