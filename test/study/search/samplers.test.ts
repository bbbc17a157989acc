import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { type Problem, problems } from '../../../bench/search/problems.ts';
import { bestLosses } from '../../../bench/search/run-search.ts';
import { draw } from '../../../study/search/distributions.ts';
import type { SearchTrial } from '../../../study/search/samplers/search-trial.ts';
import { type SearchOptions, suggest } from '../../../study/search/samplers/suggest.ts';
import type { Space, Values } from '../../../study/search/space.ts';
import { randomStream } from '../../../study/trial/random-stream.ts';

const samplers: SearchOptions[] = [
  { sampler: 'random' },
  { sampler: 'tpe' },
  { sampler: 'tpe', strict: 'hyperopt' },
  { sampler: 'tpe-multivariate' },
];
const learning = samplers.filter(({ sampler }) => sampler !== 'random');
const { cifar_mixed, conditional, mixed7 }: Record<string, Problem> = problems;

describe.each(samplers)('$sampler $strict', (options) => {
  it('gives the same for the same results and seed, and another for another seed', () => {
    const trials = history(mixed7!.space, 30);
    const first = suggest(mixed7!.space, trials, options, 1);
    expect(suggest(mixed7!.space, trials, options, 1)).toEqual(first);
    expect(suggest(mixed7!.space, trials, options, 2)).not.toEqual(first);
    const reversed = Object.fromEntries(Object.entries(mixed7!.space).reverse());
    expect(suggest(reversed, trials, options, 1)).toEqual(first);
  });

  it('stays in the space, and suggests a parameter only where it applies', () => {
    const trials: SearchTrial[] = [];
    while (trials.length < 60) {
      const values = suggest(conditional!.space, trials, options, 7)!;
      const names = { sgd: ['momentum', 'sgd_lr'], adam: ['adam_lr', 'beta2'] }[values.optimizer as 'sgd'];
      expect(Object.keys(values).sort()).toEqual([...names, 'optimizer'].sort());
      for (const [name, value] of Object.entries(values)) {
        const { low, high } = conditional!.space[name] as { low: number; high: number };
        if (name !== 'optimizer') expect(value).toBeGreaterThanOrEqual(low);
        if (name !== 'optimizer') expect(value).toBeLessThanOrEqual(high);
      }
      trials.push({ values, state: 'completed', score: -conditional!.loss(values) });
    }
  });
});

describe.each(learning)('$sampler $strict', (options) => {
  it('finds better values than random draws do', () => {
    const medianOf = (each: SearchOptions) => {
      const best = [0, 1, 2, 3, 4, 5, 6].map((seed) => bestLosses(mixed7!, each, seed, [80])[0]!);
      return best.sort((a, b) => a - b)[3]!;
    };
    expect(medianOf(options)).toBeLessThan(medianOf({ sampler: 'random' }));
  });

  it('goes on after trials that failed or are running, and after nothing but these', () => {
    const values = { x: 1 };
    const space: Space = { x: { kind: 'uniform', low: 0, high: 2 } };
    for (const state of ['failed', 'running'] as const) {
      const trials = Array.from({ length: 30 }, (): SearchTrial => ({ values, state }));
      expect(suggest(space, trials, options, 1)).toMatchObject({ x: expect.any(Number) });
    }
  });
});

it('random draws are those of a study’s search until now, so that stored trials are found', () => {
  const { space } = cifar_mixed!;
  history(space, 10).forEach(({ values }, index) => {
    const stream = randomStream('search', 1, index);
    const inOrder = Object.keys(space).sort();
    const drawn = inOrder.map((name) => [name, draw(space[name]!, () => uniformFloat64(stream))]);
    expect(values).toEqual(Object.fromEntries(drawn));
  });
});

describe('a grid', () => {
  const space: Space = {
    network: { kind: 'choice', options: ['dense', 'conv'] },
    filters: { kind: 'integer', low: 1, high: 2, when: { network: 'conv' } },
    rate: { kind: 'loguniform', low: 0.001, high: 0.1 },
  };

  it('has every combination once, and then ends', () => {
    const trials: SearchTrial[] = [];
    for (;;) {
      const values = suggest(space, trials, { sampler: 'grid', points: 3 }, 1);
      if (!values) break;
      trials.push({ values, state: 'running' });
    }
    const rates = [0.001, 0.01, 0.1];
    const expected = [
      ...rates.map((rate) => ({ network: 'dense', rate })),
      ...[1, 2].flatMap((filters) => rates.map((rate) => ({ network: 'conv', filters, rate }))),
    ];
    expect(trials).toHaveLength(expected.length);
    for (const each of expected) {
      const rate = expect.closeTo(each.rate, 10);
      expect(trials.map(({ values }) => values)).toContainEqual({ ...each, rate });
    }
  });

  it('needs two points or more', () => {
    expect(() => suggest(space, [], { sampler: 'grid', points: 1 }, 1)).toThrow('2 or more');
  });
});

describe('trials that run at the same time', () => {
  it('are spread: what is being tried is not tried again', () => {
    // A valley at 3 of 0 to 10; five suggestions without a result in between.
    const space: Space = { x: { kind: 'uniform', low: 0, high: 10 } };
    const ended = history(space, 40).map(
      ({ values }): SearchTrial => ({
        values,
        state: 'completed',
        score: -(((values.x as number) - 3) ** 2),
      }),
    );
    const batch = [...ended];
    for (let each = 0; each < 5; each++) {
      batch.push({
        values: suggest(space, batch, { sampler: 'tpe-multivariate' }, 1)!,
        state: 'running',
      });
    }
    const gapOf = (values: number[]) => Math.max(...values) - Math.min(...values);
    const together = batch.slice(40).map(({ values }) => values.x as number);
    const alone = [1, 2, 3, 4, 5].map(
      (seed) => suggest(space, ended, { sampler: 'tpe-multivariate' }, seed)!.x as number,
    );
    expect(gapOf(together)).toBeGreaterThan(gapOf(alone));
  });

  it('count as such, whoever ended first', () => {
    const trials = history(mixed7!.space, 20);
    const ended = (...order: number[]) => {
      const results = [...trials];
      for (const index of order) results[index] = { ...trials[index]!, state: 'completed', score: index };
      return suggest(mixed7!.space, results, { sampler: 'tpe-multivariate' }, 1);
    };
    const all = trials.map((_, index) => index);
    expect(ended(...all)).toEqual(ended(...all.toReversed()));
  });
});

it.each(['tpe', 'tpe-multivariate'] as const)(
  '%s tries nothing twice in a small space, and ends',
  (sampler) => {
    const space: Space = {
      batch: { kind: 'choice', options: [32, 64, 128] },
      layers: { kind: 'integer', low: 1, high: 4 },
    };
    const trials: SearchTrial[] = [];
    for (;;) {
      const values = suggest(space, trials, { sampler, startUp: 3 }, 1);
      if (!values) break;
      trials.push({ values, state: 'completed', score: values.batch === 32 ? 1 : 0 });
    }
    expect(trials).toHaveLength(12);
    expect(new Set(trials.map(({ values }) => JSON.stringify(values))).size).toBe(12);
  },
);

it('a space that can’t be searched is refused', () => {
  const space: Space = { x: { kind: 'uniform', low: 1, high: 0 } };
  expect(() => suggest(space, [], { sampler: 'random' }, 1)).toThrow('space.x.high: expected more than low');
});

// --- helpers ---

function history(space: Space, count: number): SearchTrial[] {
  const trials: SearchTrial[] = [];
  while (trials.length < count) {
    const values = suggest(space, trials, { sampler: 'random' }, 1) as Values;
    trials.push({ values, state: 'completed', score: -Math.abs(trials.length - 15) });
  }
  return trials;
}
