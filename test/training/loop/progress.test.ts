import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgressMeter } from '../../../training/loop/progress.ts';

let now: number;
beforeEach(() => {
  now = 5_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const means = { loss: 1, accuracy: 50 };
const steady = { epochs: 10, stepsPerEpoch: 50, validationShare: 0.25 };

/** Runs an epoch of 50 steps of 32 images, and returns the progress of each second and of its end. */
function epochOf(
  meter: ReturnType<typeof createProgressMeter>,
  epoch: number,
  { stepMs, afterMs }: { stepMs: number; afterMs: number },
) {
  const seen = [];
  meter.startEpoch(epoch);
  for (let step = 1; step <= 50; step++) {
    now += stepMs;
    if (step === 50 || meter.isDue()) seen.push(meter.progressAt(step, 32 * step, means));
  }
  now += afterMs;
  return seen;
}

test('is due once a second, and gives speed and time left from the first second on', () => {
  const [first, ...others] = epochOf(createProgressMeter(steady), 1, { stepMs: 100, afterMs: 0 });
  expect(first).toMatchObject({ epoch: 1, epochs: 10, step: 10, stepsPerEpoch: 50, loss: 1, accuracy: 50 });
  expect(first?.imagesPerSecond).toBeCloseTo(320);
  // 490 steps, and ten evaluations of a quarter of the images, each at a third of the cost of training on it.
  expect(first?.secondsLeft).toBeCloseTo(49 + (10 * 5 * 0.25) / 3);
  expect(others.map(({ step }) => step)).toEqual([20, 30, 40, 50]);
});

test('gives the progress at the last step of an epoch that takes less than a second', () => {
  const seen = epochOf(createProgressMeter(steady), 1, { stepMs: 2, afterMs: 30 });
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({ step: 50 });
  expect(seen[0]?.imagesPerSecond).toBeCloseTo(16_000);
});

test('counts the time between epochs, for evaluating and storing, in the time left', () => {
  const meter = createProgressMeter(steady);
  epochOf(meter, 1, { stepMs: 20, afterMs: 4_000 });
  const [second] = epochOf(meter, 2, { stepMs: 20, afterMs: 4_000 });
  expect(second?.secondsLeft).toBeCloseTo(8 * 1 + 9 * 4);
});

test('does not jump if other load slows down an epoch', () => {
  const meter = createProgressMeter(steady);
  for (let epoch = 1; epoch <= 4; epoch++) epochOf(meter, epoch, { stepMs: 100, afterMs: 1_000 });
  const [slow] = epochOf(meter, 5, { stepMs: 300, afterMs: 1_000 });
  const even = 0.1 * (50 * 6 - 4) + 6;
  expect(slow?.secondsLeft).toBeGreaterThan(even);
  expect(slow?.secondsLeft).toBeLessThan(1.15 * even);
});

test('adapts to a speed that has changed permanently', () => {
  const meter = createProgressMeter({ ...steady, epochs: 100 });
  for (let epoch = 1; epoch <= 4; epoch++) epochOf(meter, epoch, { stepMs: 100, afterMs: 0 });
  for (let epoch = 5; epoch <= 20; epoch++) epochOf(meter, epoch, { stepMs: 200, afterMs: 0 });
  const last = epochOf(meter, 21, { stepMs: 200, afterMs: 0 }).at(-1);
  expect(last?.imagesPerSecond).toBeLessThan(1.05 * 160);
});
