import { expect, test } from 'vitest';
import type { StudyResults } from '../../../bench/studies/measure-studies.ts';
import { studySections } from '../../../bench/studies/sections.ts';
import { summarise } from '../../../bench/timing/statistics.ts';

const results: StudyResults = {
  trainings: {
    images: 'generated',
    trainings: 10,
    atOnce: 2,
    ours: summarise([400, 410, 390], 1),
    pool: summarise([300, 310, 290], 0),
    accuracy: { ours: 41.23, pool: 41.1 },
    ratio: 4 / 3,
  },
  overhead: {
    trials: 200,
    atOnce: 2,
    tools: {
      ours: { seconds: 101, secondsATrial: 0.5, disturbed: false },
      'Ray Tune': { seconds: 200, secondsATrial: 0.995, disturbed: true },
    },
    failed: { Optuna: 'exit code 1. no module' },
  },
};
const rows = (changed: Partial<StudyResults> = {}) =>
  studySections({ ...results, ...changed })
    .join('\n')
    .split('\n');

test('trainings an hour, with their ratio to the pool', () => {
  expect(rows()).toEqual(
    expect.arrayContaining([
      '| ours, 2 at once | 400 (390–410)\\* | 41.2 % |',
      '| PyTorch, pool of 2 processes | 300 (290–310) | 41.1 % |',
      '| ratio, at least 1.3 | 1.33: reached |  |',
    ]),
  );
  const { trainings } = results;
  const slower = (ours: number[]) =>
    rows({ trainings: { ...trainings, ours: summarise(ours, 0), ratio: (ours[0] ?? 0) / 300 } }).find((row) =>
      row.includes('ratio'),
    );
  expect(slower([380, 385, 370])).toContain('1.27: within noise');
  expect(slower([310, 320, 300])).toContain('1.03: missed');
});

test('overhead of a trial, judged by Ray Tune, and what could not be measured', () => {
  expect(rows()).toEqual(
    expect.arrayContaining([
      '| ours | 0.500 | 101.0 | less than Ray Tune: reached |',
      '| Ray Tune | 0.995\\* | 200.0 |  |',
      '- Optuna: exit code 1. no module',
    ]),
  );
  const { ours } = results.overhead.tools;
  if (!ours) throw new Error('expected ours');
  const alone = rows({
    overhead: { ...results.overhead, tools: { ours }, failed: { 'Ray Tune': 'no module' } },
  });
  expect(alone).toContain('| ours | 0.500 | 101.0 | less than Ray Tune: not measured (no module) |');
});
