import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { expect, it } from 'vitest';
import { type OptimismRun, optimism } from '../../../study/statistics/optimism.ts';
import { randomStream } from '../../../study/trial/random-stream.ts';

const IMAGES = 400;

it('is what chance adds to the best of runs that are equally good', () => {
  // The best of 20 runs with an accuracy of 0.7, on average over many sets of images.
  const sets = Array.from({ length: 40 }, (_, set) =>
    Array.from({ length: 20 }, (_, run) => [hitsOf(0.7, 'set', set, run)]),
  );
  const added = sets.map((runs) => Math.max(...runs.map(([hits]) => accuracyOf(hits!))) - 0.7);
  const estimates = sets.map((runs) => estimate(runs.map((epochs) => [epochs])));
  // 1.87 deviations of √(0.7 · 0.3 / 400).
  expect(mean(added)).toBeGreaterThan(0.038);
  expect(Math.abs(mean(estimates) - mean(added))).toBeLessThan(0.008);
});

it('is nothing where one epoch is far ahead', () => {
  const run = [hitsOf(0.5, 'first'), hitsOf(0.9, 'second'), hitsOf(0.6, 'third')];
  expect(estimate([[run]])).toBeCloseTo(0, 10);
});

it('is less for the mean of several runs than for one', () => {
  const sets = Array.from({ length: 20 }, (_, set) =>
    Array.from({ length: 10 }, (_, candidate) =>
      Array.from({ length: 4 }, (_, run) => [hitsOf(0.7, 'mean', set, candidate, run)]),
    ),
  );
  const ofMeans = mean(sets.map((candidates) => estimate(candidates)));
  const ofFirst = mean(sets.map((candidates) => estimate(candidates.map((runs) => runs.slice(0, 1)))));
  // Half the deviation, so about half of what chance adds.
  expect(ofMeans).toBeGreaterThan(0.3 * ofFirst);
  expect(ofMeans).toBeLessThan(0.7 * ofFirst);
});

it('looks at the hits of those epochs alone that may be chosen', () => {
  const [good, bad] = [hitsOf(0.9, 'good'), hitsOf(0.2, 'bad')];
  const looked: number[] = [];
  const right = [bad, good].map((hits) => sum(hits));
  const hitsAt = (epoch: number) => {
    looked.push(epoch);
    return [bad, good][epoch]!;
  };
  optimism([[{ right, hitsOf: hitsAt }]], { images: IMAGES, seed: 1 });
  expect(looked).toEqual([1]);
});

it('is the same for the same seed, and needs the same images for all epochs', () => {
  const runs = Array.from({ length: 5 }, (_, run) => [[hitsOf(0.7, 'same', run)]]);
  expect(estimate(runs)).toBe(estimate(runs));
  expect(() => estimate([[[[1, 0, 1]]]], 3)).toThrow('got 1 epochs of 3 images');
  expect(() => estimate([[[new Uint8Array(20)]], [[new Uint8Array(30)]]], 20)).toThrow('one of 30');
});

// --- helpers ---

/** @param candidates the hits of each epoch of each run of each. */
function estimate(candidates: readonly ArrayLike<number>[][][], images = IMAGES): number {
  const runs = candidates.map((each) =>
    each.map((epochs): OptimismRun => ({ right: epochs.map(sum), hitsOf: (epoch) => epochs[epoch]! })),
  );
  return optimism(runs, { images, seed: 3 });
}

function sum(hits: ArrayLike<number>): number {
  return Array.from(hits).reduce((total, hit) => total + hit, 0);
}

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
