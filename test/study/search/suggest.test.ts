import { describe, expect, it } from 'vitest';
import type { Sampler } from '../../../study/definition/search-schema.ts';
import { nextPortion } from '../../../study/search/rounds.ts';
import type { SearchTrial } from '../../../study/search/samplers/search-trial.ts';
import type { Space, Values } from '../../../study/search/space.ts';
import { suggestNext } from '../../../study/search/suggest.ts';

const space: Space = {
  learningRate: { kind: 'uniform', low: 0.001, high: 0.1 },
  batchSize: { kind: 'choice', options: [32, 64, 128] },
  epochs: { kind: 'quniform', low: 10, high: 100, q: 5 },
};
const draws = draw(space, 2000);

describe('a random search', () => {
  it('depends on seed and number', () => {
    expect(draw(space, 4)).toEqual(draws.slice(0, 4));
    expect(draws[4]).not.toEqual(draws[3]);
    expect(draw(space, 4, 2)[3]).not.toEqual(draws[3]);
  });

  it('does not depend on the order in which the space is written', () => {
    expect(draw(Object.fromEntries(Object.entries(space).reverse()), 4)).toEqual(draws.slice(0, 4));
  });

  it('draws logarithms evenly, and whole numbers', () => {
    const wide: Space = {
      learningRate: { kind: 'loguniform', low: 0.0001, high: 1 },
      batchSize: { kind: 'qloguniform', low: 16, high: 256, q: 16 },
      epochs: { kind: 'integer', low: 1, high: 4 },
    };
    const drawn = draw(wide, 2000);
    const small = drawn.filter(({ learningRate }) => (learningRate as number) < 0.01).length / drawn.length;
    expect(Math.abs(small - 0.5)).toBeLessThan(0.045);
    expect(drawn.every(({ batchSize }) => (batchSize as number) % 16 === 0)).toBe(true);
    expect(new Set(drawn.map(({ epochs }) => epochs))).toEqual(new Set([1, 2, 3, 4]));
  });

  it('stays in the space and covers it evenly', () => {
    const rates = draws.map(({ learningRate }) => learningRate as number);
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

describe('a search that learns', () => {
  it('begins as a random search if it is strictly hyperopt', () => {
    const ended = draws.slice(0, 7).map((values): SearchTrial => ({ values, state: 'completed', score: 1 }));
    const sampler: Sampler = { kind: 'tpe', strict: 'hyperopt' };
    expect(suggestNext(space, ended, { sampler, seed: 1, count: 3 })).toEqual(draws.slice(7, 10));
    expect(suggestNext(space, [], { sampler, seed: 1, count: 21 })[20]).not.toEqual(draws[20]);
  });

  it.each<Sampler>([
    { kind: 'tpe', startUp: 5 },
    { kind: 'tpe-multivariate', startUp: 5 },
    { kind: 'grid', points: 3 },
  ])('suggests the same first evaluations if more are added: $kind', (sampler) => {
    expect(searched(sampler, 21).slice(0, 14)).toEqual(searched(sampler, 14));
  });
});

// --- helpers ---

function draw(from: Space, count: number, seed = 1): Values[] {
  return suggestNext(from, [], { sampler: undefined, seed, count });
}

/** Runs a search whose score is best at a rate of 0.03. */
function searched(sampler: Sampler, evaluations: number): Values[] {
  const trials: SearchTrial[] = [];
  for (;;) {
    const portion = nextPortion({ sampler, evaluations, parallel: 4 }, trials.length, 0);
    if (!portion) return trials.map(({ values }) => values);
    for (const values of suggestNext(space, trials, { sampler, seed: 1, count: portion.count })) {
      const score = -Math.abs((values.learningRate as number) - 0.03);
      trials.push({ values, state: 'completed', score });
    }
  }
}
