import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { type Distribution, draw, valuesOf } from '../../../study/search/distributions.ts';
import { randomStream } from '../../../study/trial/random-stream.ts';

const DRAWS = 4000;

describe('draw', () => {
  it.each<[Distribution<string>, (value: number) => number, number, number]>([
    [{ kind: 'uniform', low: -1, high: 3 }, (x) => x, 1, 4 / Math.sqrt(12)],
    [{ kind: 'loguniform', low: 0.001, high: 10 }, Math.log10, -1, 4 / Math.sqrt(12)],
    [{ kind: 'quniform', low: 10, high: 100, q: 5 }, (x) => x, 55, 26.02],
    [{ kind: 'normal', mean: 2, deviation: 3 }, (x) => x, 2, 3],
    [{ kind: 'lognormal', mean: -1, deviation: 0.5 }, Math.log, -1, 0.5],
    [{ kind: 'qnormal', mean: 20, deviation: 10, q: 0.5 }, (x) => x, 20, 10],
    [{ kind: 'integer', low: 1, high: 8 }, (x) => x, 4.5, Math.sqrt(63 / 12)],
  ])('%o has the right mean and deviation', (distribution, scale, mean, deviation) => {
    const values = drawn(distribution).map((value) => scale(value as number));
    const ours = values.reduce((sum, value) => sum + value, 0) / DRAWS;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - ours) ** 2, 0) / DRAWS);
    expect(Math.abs(ours - mean)).toBeLessThan((4 * deviation) / Math.sqrt(DRAWS));
    expect(Math.abs(spread / deviation - 1)).toBeLessThan(0.05);
  });

  it('stays within what cuts a distribution off', () => {
    for (const distribution of [
      { kind: 'loguniform', low: 0.001, high: 10 },
      { kind: 'normal', mean: 0.5, deviation: 1, low: 0, high: 0.9 },
      { kind: 'qlognormal', mean: 3, deviation: 1, low: 8, high: 64, q: 8 },
    ] as const) {
      const ends = [() => 0, () => 1 - 2 ** -53].map((random) => draw(distribution, random) as number);
      const values = [...(drawn(distribution) as number[]), ...ends];
      expect(Math.min(...values)).toBeGreaterThanOrEqual(distribution.low);
      expect(Math.max(...values)).toBeLessThanOrEqual(distribution.high);
    }
    expect(draw({ kind: 'normal', mean: 0, deviation: 1 }, () => 0)).toBeGreaterThan(-40);
  });

  it('rounds to multiples of the step, and draws every option', () => {
    const steps = drawn({ kind: 'qloguniform', low: 16, high: 256, q: 16 }) as number[];
    expect(steps.every((value) => value % 16 === 0)).toBe(true);
    const options = ['sgd', { kind: 'adagrad' }, null];
    expect(new Set(drawn({ kind: 'choice', options }))).toEqual(new Set(options));
  });
});

it('stepped distributions and choices have a list of values', () => {
  expect(valuesOf({ kind: 'quniform', low: 0.1, high: 0.5, q: 0.1 })).toHaveLength(5);
  expect(valuesOf({ kind: 'integer', low: 2, high: 4 })).toEqual([2, 3, 4]);
  expect(valuesOf({ kind: 'qloguniform', low: 16, high: 64, q: 16 })).toEqual([16, 32, 48, 64]);
  expect(valuesOf({ kind: 'choice', options: ['a', 'b'] })).toEqual(['a', 'b']);
  expect(valuesOf({ kind: 'uniform', low: 0, high: 1 })).toBeUndefined();
  expect(valuesOf({ kind: 'qnormal', mean: 0, deviation: 1, q: 1 })).toBeUndefined();
});

// --- helpers ---

function drawn<T>(distribution: Distribution<T>): (number | T)[] {
  const stream = randomStream('draws', 1);
  return Array.from({ length: DRAWS }, () => draw(distribution, () => uniformFloat64(stream)));
}
