import { describe, expect, it } from 'vitest';
import type { SearchSpace } from '../../../study/definition/stage-schema.ts';
import { suggest } from '../../../study/search/suggest.ts';

const space: SearchSpace = {
  learningRate: { kind: 'uniform', low: 0.001, high: 0.1 },
  batchSize: { kind: 'choice', options: [32, 64, 128] },
  epochs: { kind: 'quniform', low: 10, high: 100, q: 5 },
};
const draws = Array.from({ length: 2000 }, (_, index) => suggest(space, { seed: 1, index }));

describe('suggest', () => {
  it('depends on seed and index', () => {
    expect(suggest(space, { seed: 1, index: 3 })).toEqual(draws[3]);
    expect(suggest(space, { seed: 1, index: 4 })).not.toEqual(draws[3]);
    expect(suggest(space, { seed: 2, index: 3 })).not.toEqual(draws[3]);
  });

  it('does not depend on the order in which the space is written', () => {
    const reversed = Object.fromEntries(Object.entries(space).reverse()) as SearchSpace;
    expect(suggest(reversed, { seed: 1, index: 3 })).toEqual(draws[3]);
  });

  it('draws logarithms evenly, and whole numbers', () => {
    const wide: SearchSpace = {
      learningRate: { kind: 'loguniform', low: 0.0001, high: 1 },
      batchSize: { kind: 'qloguniform', low: 16, high: 256, q: 16 },
      epochs: { kind: 'integer', low: 1, high: 4 },
    };
    const drawn = Array.from({ length: 2000 }, (_, index) => suggest(wide, { seed: 1, index }));
    const small = drawn.filter(({ learningRate }) => learningRate! < 0.01).length / drawn.length;
    expect(Math.abs(small - 0.5)).toBeLessThan(0.045);
    expect(drawn.every(({ batchSize }) => batchSize! % 16 === 0)).toBe(true);
    expect(new Set(drawn.map(({ epochs }) => epochs))).toEqual(new Set([1, 2, 3, 4]));
  });

  it('stays in the space and covers it evenly', () => {
    const rates = draws.map(({ learningRate }) => learningRate!);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.001);
    expect(Math.max(...rates)).toBeLessThan(0.1);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    // The mean of 2,000 draws: deviation 0.099 / √12 / √2000 = 0.00064.
    expect(Math.abs(mean - 0.0505)).toBeLessThan(4 * 0.00064);
    for (const option of [32, 64, 128]) {
      const share = draws.filter(({ batchSize }) => batchSize === option).length / draws.length;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(0.045);
    }
    expect(new Set(draws.map(({ epochs }) => epochs))).toEqual(
      new Set(Array.from({ length: 19 }, (_, step) => 10 + 5 * step)),
    );
  });
});
