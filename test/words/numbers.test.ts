import { expect, it } from 'vitest';
import { html } from '../../report/html/html.ts';
import { duration, percent, size } from '../../words/numbers.ts';

it.each([
  [0.44, '0.4 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [3599.6, '1 h 0 min'],
  [7530, '2 h 5 min'],
  [273_600, '3 d 4 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it('writes percentages with a space that a page does not break', () => {
  expect(percent(88.184)).toBe('88.18 %');
  expect(html`<td>${percent(88.184)}</td>`.source).toBe('<td>88.18\u00a0%</td>');
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [3_440_000, '3.4 MB'],
  [999_960_000, '1.0 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(size(bytes).replace('\u00a0', ' ')).toBe(text);
});
