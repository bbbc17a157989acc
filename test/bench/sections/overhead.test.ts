import { expect, test } from 'vitest';
import { overhead } from '../../../bench/sections/overhead.ts';

const ours = { seconds: 101, secondsATrial: 0.5, disturbed: false };

test('the overhead of a trial is judged by Ray Tune without reused actors', () => {
  const markdown = overhead.markdown({
    trials: 200,
    atOnce: 2,
    tools: {
      ours,
      'Ray Tune': { seconds: 200, secondsATrial: 0.995, disturbed: true },
      'Ray Tune, reused actors': { seconds: 50, secondsATrial: 0.25, disturbed: false },
    },
    failed: { Optuna: 'exit code 1. no module' },
  });
  expect(markdown.split('\n')).toEqual([
    '| 200 trials, 2 at once | s a trial | s in all | required on two cores |',
    '| --- | --- | --- | --- |',
    '| ours | 0.500 | 101.0 | less than Ray Tune: reached |',
    '| Ray Tune | 0.995\\* | 200.0 |  |',
    '| Ray Tune, reused actors | 0.250 | 50.0 |  |',
    '',
    'Not measured:',
    '',
    '- Optuna: exit code 1. no module',
  ]);
});

test('a run that was cut off has no verdict', () => {
  expect(overhead.markdown({ trials: 200, atOnce: 2, tools: { ours }, failed: {} })).toContain(
    '| less than Ray Tune: not measured |',
  );
});
