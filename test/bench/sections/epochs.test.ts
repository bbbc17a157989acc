import { expect, test } from 'vitest';
import { epochs } from '../../../bench/sections/epochs.ts';
import { summarise } from '../../../bench/timing/statistics.ts';

const complete = (...values: number[]) => ({ seconds: summarise(values, 0), projectedFrom: null });
const projected = (...values: number[]) => ({ seconds: summarise(values, 0), projectedFrom: 50 });

test('epochs show both loops, mark projected times, and judge the good loop', () => {
  const text = epochs.markdown([
    {
      network: 'MLP',
      threads: 1,
      ours: complete(2, 2.1),
      peers: { 'in memory': complete(4, 4.1), 'original report': complete(9) },
      ratio: 2,
      floor: 1.5,
    },
    {
      network: 'rn50',
      threads: 2,
      ours: projected(100, 120),
      peers: { 'in memory': projected(130, 140), 'original report': projected(150) },
      ratio: 1.23,
      floor: 1.2,
    },
  ]);
  expect(text.split('\n').slice(2)).toEqual([
    '| MLP | 2.05 (2.00–2.10) | 4.05 (4.00–4.10) | 9.00 | 2.00 | 1.5: reached |',
    '| rn50 | ≈ 110 (100–120) | ≈ 135 (130–140) | ≈ 150 | 1.23 | 1.2: even |',
  ]);
});
