import { expect, it } from 'vitest';
import { trainingTime } from '../../../study/record/training-time.ts';
import { stage, trial } from '../../report/example-record.ts';

const at = (start: string, end: string, trainingSeconds: number) => ({
  startedAt: `2026-03-01T${start}.000Z`,
  finishedAt: `2026-03-01T${end}.000Z`,
  trainingSeconds,
});

it('is that of the trials which were trained for the study, from the first start to the last end', () => {
  const stages = [
    stage('a', [
      trial('one', { to: 50 }, at('08:00:00', '08:01:00', 50)),
      trial('two', { to: 50 }, at('08:00:30', '08:02:00', 80)),
      // Trained for another study, the day before.
      trial('stored', { to: 50 }, { ...at('00:00:00', '01:00:00', 3000), reused: true }),
    ]),
    stage('b', [
      trial('two', { to: 50 }, { ...at('08:00:30', '08:02:00', 80), takenOver: true }),
      trial('three', { to: 50 }, at('08:04:00', '08:05:00', 40)),
    ]),
  ];
  expect(trainingTime({ stages })).toEqual({ trials: 3, trainingSeconds: 170, elapsedSeconds: 300 });
});

it('begins at least as long before the end as a resumed trial was trained', () => {
  const stages = [stage('a', [trial('resumed', { to: 50 }, at('09:00:00', '09:00:10', 100))])];
  expect(trainingTime({ stages })).toEqual({ trials: 1, trainingSeconds: 100, elapsedSeconds: 100 });
});

it('is unknown if nothing was trained', () => {
  const stages = [stage('a', [trial('stored', { to: 50 }, { reused: true })])];
  expect(trainingTime({ stages })).toBeUndefined();
});
