import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { trainingSlots } from '../../workers/training-slots.ts';

it('gives every two processors a slot, at least one, and a GPU one', () => {
  expect(trainingSlots({})).toBe(Math.max(1, Math.floor(availableParallelism() / 2)));
  expect(trainingSlots({ CUDA_VISIBLE_DEVICES: '2' })).toBe(1);
});

it('takes the number that is asked for', () => {
  expect(trainingSlots({ STAGED_STUDY_SLOTS: '3', CUDA_VISIBLE_DEVICES: '0' })).toBe(3);
});

it.each(['0', '-1', '1.5', '65', 'many', ''])('refuses "%s" slots, and says what it expects', (given) => {
  expect(() => trainingSlots({ STAGED_STUDY_SLOTS: given })).toThrow(
    `STAGED_STUDY_SLOTS: expected a whole number from 1 to 64, got "${given}"`,
  );
});
