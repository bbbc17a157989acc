import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { expect, it } from 'vitest';
import { optimism } from '../../../study/statistics/optimism.ts';
import { randomStream } from '../../../study/trial/random-stream.ts';

const IMAGES = 400;

it('is what chance adds to the best of runs that are equally good', () => {
  // The best of 20 runs with an accuracy of 0.7, on average over many sets of images.
  const sets = Array.from({ length: 40 }, (_, set) =>
    Array.from({ length: 20 }, (_, run) => [hitsOf(0.7, 'set', set, run)]),
  );
  const added = sets.map((runs) => Math.max(...runs.map(([hits]) => accuracyOf(hits!))) - 0.7);
  const estimates = sets.map((runs) => optimism(runs, { seed: 1 }));
  // 1.87 deviations of √(0.7 · 0.3 / 400).
  expect(mean(added)).toBeGreaterThan(0.038);
  expect(Math.abs(mean(estimates) - mean(added))).toBeLessThan(0.008);
});

it('is nothing where one epoch is far ahead', () => {
  const run = [hitsOf(0.5, 'first'), hitsOf(0.9, 'second'), hitsOf(0.6, 'third')];
  expect(optimism([run], { seed: 1 })).toBeCloseTo(0, 10);
});

it('is the same for the same seed, and needs the same images for all epochs', () => {
  const runs = Array.from({ length: 5 }, (_, run) => [hitsOf(0.7, 'same', run)]);
  expect(optimism(runs, { seed: 3 })).toBe(optimism(runs, { seed: 3 }));
  expect(() => optimism([[[1, 0, 1]]], { seed: 1 })).toThrow('got 1 epochs of 3 images');
  expect(() => optimism([[new Uint8Array(20)], [new Uint8Array(30)]], { seed: 1 })).toThrow('one of 30');
});

// --- helpers ---

function hitsOf(accuracy: number, ...key: (string | number)[]): Uint8Array {
  const stream = randomStream(...key);
  return Uint8Array.from({ length: IMAGES }, () => (uniformFloat64(stream) < accuracy ? 1 : 0));
}

function accuracyOf(hits: Uint8Array): number {
  return mean([...hits]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
