import { expect, test } from 'vitest';
import { digits, failures, table, withRange } from '../../bench/markdown.ts';
import { summarise } from '../../bench/timing/statistics.ts';

test('a summary shows its median, its range if there is one, and whether it was disturbed', () => {
  expect(withRange(summarise([4, 4.1, 3.9], 0))).toBe('4.00 (3.90–4.10)');
  expect(withRange(summarise([12.34, 12, 13], 1))).toBe('12.3 (12.0–13.0)\\*');
  expect(withRange(summarise([200], 0))).toBe('200');
  expect(withRange(undefined)).toBe('–');
});

test('numbers have at least three significant digits', () => {
  expect([1.234, 12.34, 123.4, 1234].map(digits)).toEqual(['1.23', '12.3', '123', '1234']);
});

test('a table has a header, a line and rows', () => {
  expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
});

test('what could not be measured is listed with the reason', () => {
  expect(failures([{ what: 'MLP, torch.compile', why: 'no compiler' }])).toEqual([
    'Not measured:\n\n- MLP, torch.compile: no compiler',
  ]);
  expect(failures([])).toEqual([]);
});
