import { expect, test } from 'vitest';
import { verdictOf } from '../../bench/floors.ts';
import { summarise } from '../../bench/timing/statistics.ts';

const times = (...values: number[]) => summarise(values, 0);

test('one is ahead only if the ranges do not overlap', () => {
  const ours = times(10, 11, 12);
  expect(verdictOf(ours, times(12.1, 13, 14), 1)).toBe('above');
  expect(verdictOf(ours, times(11.9, 13, 14), 1)).toBe('even');
  expect(verdictOf(ours, times(8, 9, 10.1), 1)).toBe('even');
  expect(verdictOf(ours, times(8, 9, 9.9), 1)).toBe('below');
});

test('a requirement is reached only if the least favourable ratio of both ranges reaches it', () => {
  const ours = times(10, 10, 11);
  expect(verdictOf(ours, times(13.3, 14, 15), 1.2)).toBe('above');
  expect(verdictOf(ours, times(12.5, 14, 15), 1.2)).toBe('even');
  expect(verdictOf(ours, times(11, 11.5, 11.9), 1.2)).toBe('below');
});
