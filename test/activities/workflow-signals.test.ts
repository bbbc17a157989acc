import { expect, it } from 'vitest';
import { leastIntervalMs } from '../../activities/workflow-signals.ts';

it('a trial sends fewer than the 10,000 signals that Temporal takes, however short its epochs and long its training', () => {
  const days = 24 * 3_600_000;
  let signals = 0;
  for (let elapsedMs = 0; elapsedMs < 30 * days; elapsedMs += leastIntervalMs(elapsedMs)) signals++;
  expect(signals).toBeLessThan(5_000);
  expect(leastIntervalMs(60_000)).toBe(3_000);
});
