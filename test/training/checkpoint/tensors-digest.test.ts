import { expect, test } from 'vitest';
import { tensorsDigest } from '../../../training/checkpoint/tensors-digest.ts';
import type { NamedTensors } from '../../../training/tensorflow/named-tensors.ts';

const tensor = (shape: number[], ...values: number[]) => ({ shape, data: Float32Array.from(values) });
const weights: NamedTensors = new Map([
  ['a', tensor([2], 1, 0)],
  ['b', tensor([1, 2], 3, 4)],
]);

test('equal tensors have equal digests, in any order and any memory', () => {
  const data = new Float32Array([9, 1, 0, 9]).subarray(1, 3);
  const same: NamedTensors = new Map([
    ['b', tensor([1, 2], 3, 4)],
    ['a', { shape: [2], data }],
  ]);
  expect(tensorsDigest(same)).toBe(tensorsDigest(weights));
  expect(tensorsDigest(weights)).toMatch(/^[0-9a-f]{64}$/);
});

test.each<[string, NamedTensors]>([
  ['the last bit of a value', new Map([...weights, ['b', tensor([1, 2], 3, 4 + 2 ** -21)]])],
  ['the sign of zero', new Map([...weights, ['a', tensor([2], 1, -0)]])],
  ['a shape', new Map([...weights, ['b', tensor([2, 1], 3, 4)]])],
  [
    'a name',
    new Map([
      ['a', tensor([2], 1, 0)],
      ['c', tensor([1, 2], 3, 4)],
    ]),
  ],
  ['an additional empty tensor', new Map([...weights, ['c', tensor([0])]])],
  ['a missing tensor', new Map([['a', tensor([2], 1, 0)]])],
])('%s changes the digest', (_what, other) => {
  expect(tensorsDigest(other)).not.toBe(tensorsDigest(weights));
});
