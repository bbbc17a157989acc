import { expect, it } from 'vitest';
import { machineCapacity, usesGpu } from '../../trainer/capacity.ts';

const machine = { cores: 8, memoryBytes: 16e9, hasGpu: false };

it.each([
  ['a slot for every core', {}, machine, 8],
  ['one slot with a GPU', {}, { ...machine, hasGpu: true }, 1],
  ['one slot with a GPU of several', { CUDA_VISIBLE_DEVICES: '2' }, machine, 1],
  [
    'a slot for every core if the GPU is hidden',
    { CUDA_VISIBLE_DEVICES: '-1' },
    { ...machine, hasGpu: true },
    8,
  ],
  ['the slots asked for', { STAGED_STUDY_SLOTS: '3', CUDA_VISIBLE_DEVICES: '0' }, machine, 3],
])('gives %s', (_what, env, on, expected) => {
  expect(machineCapacity(env, on).slots).toBe(expected);
});

it('keeps memory for the servers', () => {
  expect(machineCapacity({}, machine).memoryBytes).toBeLessThan(16e9 - 1e9);
  expect(machineCapacity({}, { ...machine, memoryBytes: 1e9 }).memoryBytes).toBe(0);
});

it('takes a GPU for hidden only if it is', () => {
  expect(['', '-1', '0', '1,2'].map((devices) => usesGpu({ CUDA_VISIBLE_DEVICES: devices }, true))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

it.each(['0', '-1', '1.5', '65', 'many', ''])('refuses "%s" slots', (given) => {
  expect(() => machineCapacity({ STAGED_STUDY_SLOTS: given }, machine)).toThrow(
    `STAGED_STUDY_SLOTS: expected an integer from 1 to 64, got "${given}"`,
  );
});
