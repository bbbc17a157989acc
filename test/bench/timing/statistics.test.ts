import { expect, test } from 'vitest';
import { median, summarise } from '../../../bench/timing/statistics.ts';

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 10])).toBe(3.5);
  expect(() => median([])).toThrow(RangeError);
});

test('a summary holds the range, the number of runs and of disturbed ones', () => {
  expect(summarise([3, 1, 2], 1)).toEqual({ median: 2, least: 1, most: 3, runs: 3, disturbed: 1 });
});
