import { expect, it } from 'vitest';
import { trainingSlots } from '../../workers/training-slots.ts';

it.each([
  ['two processors each', {}, 8, { slots: 4, threads: 2 }],
  ['at least one slot', {}, 1, { slots: 1, threads: 1 }],
  ['all processors if there is only one slot', {}, 3, { slots: 1, threads: 3 }],
  ['one slot with a GPU', { CUDA_VISIBLE_DEVICES: '2' }, 8, { slots: 1, threads: 8 }],
  [
    'the slots asked for',
    { STAGED_STUDY_SLOTS: '3', CUDA_VISIBLE_DEVICES: '0' },
    8,
    { slots: 3, threads: 2 },
  ],
  ['at least one thread each', { STAGED_STUDY_SLOTS: '64' }, 2, { slots: 64, threads: 1 }],
])('gives %s', (_what, env, processors, expected) => {
  expect(trainingSlots(env, processors)).toEqual(expected);
});

it.each(['0', '-1', '1.5', '65', 'many', ''])('refuses "%s" slots', (given) => {
  expect(() => trainingSlots({ STAGED_STUDY_SLOTS: given }, 2)).toThrow(
    `STAGED_STUDY_SLOTS: expected an integer from 1 to 64, got "${given}"`,
  );
});
