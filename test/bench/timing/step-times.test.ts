import { expect, test } from 'vitest';
import { contenders } from '../../../bench/timing/step-times.ts';

test('continues with the fastest peers, and with peers that were disturbed', () => {
  const measured = (time: number, others: number) => [
    { figures: { milliseconds: [time, time, 100 * time] }, disturbance: { others, lost: 0 } },
  ];
  const first = new Map([
    ['ours', measured(1, 0)],
    ['fastest', measured(10, 0)],
    ['near', measured(14, 0)],
    ['slow', measured(16, 0)],
    ['slow, but disturbed', measured(40, 0.5)],
  ]);
  expect(contenders(first, 'ours')).toEqual(['fastest', 'near', 'slow, but disturbed']);
});
