import { expect, it } from 'vitest';
import { lowerLimit, upperLimit } from '../../../report/figures/outliers.ts';

it('ends the axis at the largest ordinary value if one early loss would flatten the others', () => {
  expect(upperLimit([10.9, 2.3, 2.1, 2, 1.9, 1.8, 1.8, 1.7], 3.45)).toBe(2.3);
});

it('keeps losses that any network has at first, and values that are not far from the others', () => {
  expect(upperLimit([2.3, 0.4, 0.21, 0.2, 0.2, 0.19, 0.19, 0.18], 3.45)).toBeNull();
  expect(upperLimit([3.6, 3.4, 2.1, 2, 1.9, 1.8, 1.8, 1.7], 3.45)).toBeNull();
});

it('finds the one hopeless score of a search', () => {
  expect(lowerLimit([85, 86, 11.5, 84.9, 86.9, 87.2, 78.9])).toBe(78.9);
  expect(lowerLimit([85, 86, 84.9, 86.9, 87.2, 78.9])).toBeNull();
});
