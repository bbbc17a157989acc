import { expect, test } from 'vitest';
import { runTimed } from '../../../bench/studies/timed-process.ts';

const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

test('times a process, and its lines as they come', async () => {
  const seen: [string, number][] = [];
  const { seconds, lines } = await runTimed({
    ...node('console.log("first"); setTimeout(() => console.log("second"), 200)'),
    onLine: (line, after) => seen.push([line, after]),
  });
  expect(lines).toEqual(['first', 'second']);
  const [[, first = 0] = [], [, second = 0] = []] = seen;
  expect(second - first).toBeGreaterThan(0.1);
  expect(seconds).toBeGreaterThanOrEqual(second);
});

test('a failure ends with what the process said', async () => {
  await expect(runTimed(node('console.error("out of paper"); process.exit(4)'))).rejects.toThrow(
    /exit code 4\nout of paper/,
  );
});

test('an interruption ends the process', async () => {
  const controller = new AbortController();
  const reason = new Error('interrupted');
  const running = runTimed({
    ...node('console.log("up"); setInterval(() => {}, 1000)'),
    signal: controller.signal,
    onLine: () => controller.abort(reason),
  });
  await expect(running).rejects.toBe(reason);
});
