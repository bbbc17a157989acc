import { expect, it } from 'vitest';
import type { Stage } from '../../../study/definition/stage-schema.ts';
import type { StagePlan } from '../../../study/plan/course.ts';
import { trialSeconds } from '../../../study/plan/estimate.ts';
import { idleStages, scheduleSeconds } from '../../../study/plan/schedule.ts';
import { configOf, dense } from '../../training/configs.ts';

it('adds up the steps and evaluations of every epoch, and the start and end of the trial', () => {
  const cost = { trainMilliseconds: 10, batchSize: 32, evaluationMillisecondsPerImage: 0.1 };
  const config = configOf(dense(8), { epochs: 5 });
  // An epoch: 50 steps of 10 ms, and 400 images of 0.1 ms.
  expect(trialSeconds(config, { training: 1600, validation: 400 }, cost)).toBeCloseTo(5 * 0.54 + 0.5);
});

it('starts the longest trials of a stage first', () => {
  // In the given order, 5 would start at 3 and end at 8.
  expect(secondsOf([compare('a', [3, 3, 5, 1])], { slots: 2 })).toBe(6);
  expect(secondsOf([compare('a', [3, 3, 5, 1])], { slots: 1 })).toBe(12);
});

it('starts a stage when the one before has ended', () => {
  expect(secondsOf([compare('a', [3, 1]), compare('b', [2, 2])], { slots: 2 })).toBe(5);
});

it('starts trials that are known early in what the stage before leaves', () => {
  const b = compare('b', [4, 2]);
  const early = b.trials.filter(({ name }) => name === 'b0');
  const again = repeat('again', 'a', 1);
  // From 1: b0, beside a0 until 3. Then b1, beside b0.
  expect(secondsOf([compare('a', [3, 1]), { ...b, early }, again], { slots: 2 })).toBe(6);
  expect(secondsOf([compare('a', [3, 1]), b, again], { slots: 2 })).toBe(7);
  expect(idleStages([compare('a', [3]), { ...b, early }], 2)).toEqual([]);
});

it('lets side experiments take what the main line leaves', () => {
  const course = [compare('a', [4, 4]), repeat('again', 'a', 3), compare('b', [5])];
  expect(secondsOf(course, { slots: 2 })).toBe(9);
  // It is not started before what it repeats, nor before the main line.
  expect(secondsOf([compare('a', [4, 4]), repeat('again', 'a', 6), compare('b', [5, 5])], { slots: 2 })).toBe(
    15,
  );
});

it('trains as many at a time as memory holds, and one that no memory holds alone', () => {
  expect(secondsOf([compare('a', [2, 2, 2, 2])], { slots: 4, memoryBytes: 2.5 })).toBe(4);
  expect(secondsOf([compare('a', [2, 2])], { slots: 4, memoryBytes: 0.5 })).toBe(4);
});

it('gives a trial a slot for each of its threads, and all if it has more', () => {
  expect(secondsOf([compare('a', [2, 2], 2)], { slots: 2 })).toBe(4);
  expect(secondsOf([compare('a', [2, 2], 8)], { slots: 4 })).toBe(4);
});

it('searches as many at a time as the study says', () => {
  const space = { dropout: { kind: 'uniform' as const, low: 0, high: 0.5 } };
  const stage: Stage = {
    kind: 'search',
    name: 's',
    question: '?',
    from: 'a',
    evaluations: 4,
    parallel: 2,
    space,
  };
  const { trials } = compare('s', [1, 1, 1, 1]);
  expect(secondsOf([{ stage, trials, early: [] }], { slots: 4 })).toBe(2);
  expect(idleStages([{ stage, trials, early: [] }], 4)).toEqual([{ stage: 's', trials: 2, idle: 2 }]);
});

it('names the stages that leave slots idle', () => {
  const course = [compare('a', [1, 1, 1, 1]), compare('b', [1, 1], 2), repeat('again', 'a', 1)];
  expect(idleStages(course, 4)).toEqual([]);
  expect(idleStages(course, 16)).toEqual([
    { stage: 'a', trials: 4, idle: 12 },
    { stage: 'b', trials: 2, idle: 12 },
  ]);
});

// --- helpers ---

/** A trial takes as many seconds as it has epochs, and one byte. */
function secondsOf(course: StagePlan[], machine: { slots: number; memoryBytes?: number }): number {
  return scheduleSeconds(course, ({ config }) => ({ seconds: config.epochs, memoryBytes: 1 }), {
    memoryBytes: 1000,
    ...machine,
  });
}

function compare(name: string, epochs: number[], threads?: number): StagePlan {
  return {
    stage: { kind: 'compare', name, question: '?', ranksStart: false, candidates: [] },
    trials: epochs.map((each, index) => trial(`${name}${index}`, each, threads)),
    early: [],
  };
}

function repeat(name: string, from: string, epochs: number): StagePlan {
  return { stage: { kind: 'repeat', name, question: '?', from }, trials: [trial(name, epochs)], early: [] };
}

function trial(name: string, epochs: number, threads?: number) {
  return { name, config: configOf(dense(8), { epochs, threads }), repetition: 0, of: null };
}
