import { describe, expect, it } from 'vitest';
import { scaleOf } from '../../../study/search/distributions.ts';
import {
  choiceEstimate,
  forgettingWeights,
  type Mixture,
  numericEstimate,
  parzenMixture,
} from '../../../study/search/samplers/parzen.ts';
import type { SearchTrial } from '../../../study/search/samplers/search-trial.ts';
import { suggest } from '../../../study/search/samplers/suggest.ts';
import { estimatesOf, splitForTpe } from '../../../study/search/samplers/tpe.ts';
import type { Space } from '../../../study/search/space.ts';
import fixtures from './hyperopt.json' with { type: 'json' };

// hyperopt.json has what hyperopt's own functions answer; the space is the original report's.
const BATCHES = [32, 64, 128];
const space = {
  lr: { kind: 'uniform', low: 0.001, high: 0.1 },
  batch: { kind: 'choice', options: BATCHES },
  epochs: { kind: 'quniform', low: 10, high: 100, q: 5 },
} satisfies Space;

describe.each(fixtures.histories)('after the history $name', (history) => {
  const trials = history.trials.map(asTrial);
  const groups = splitForTpe(trials, 'hyperopt');

  it('takes the same trials for good', () => {
    expect(groups.below).toEqual(history.below.map((index) => trials[index]));
    expect(groups.above).toHaveLength(trials.length - history.below.length);
  });

  it('has the same mixtures', () => {
    for (const name of ['lr', 'epochs'] as const) {
      for (const side of ['below', 'above'] as const) {
        const values = groups[side].map((trial) => trial.values[name] as number);
        expectMixture(parzenMixture(values, scaleOf(space[name])), history.mixtures[name][side]);
      }
    }
    for (const side of ['below', 'above'] as const) {
      const estimate = estimatesOf('batch', space, groups, 'hyperopt')[side];
      history.batch[side].forEach((share, option) => {
        expect(Math.abs(Math.exp(estimate.logDensity(option)) - share)).toBeLessThan(1e-9);
      });
    }
  });

  it('scores candidates the same', () => {
    for (const candidate of history.candidates) {
      (['lr', 'batch', 'epochs'] as const).forEach((name, index) => {
        const { below, above } = estimatesOf(name, space, groups, 'hyperopt');
        const value = candidate.values[index] as number;
        const scores = [below.logDensity(value), above.logDensity(value)];
        expectClose(scores, candidate[name]);
      });
    }
  });
});

describe.each(fixtures.histories.flatMap(({ law, ...rest }) => (law ? [{ ...rest, law }] : [])))(
  'after the history $name',
  ({ law, ...history }) => {
    const trials = history.trials.map(asTrial);

    it('suggests values with the same probabilities', () => {
      const count = 1500;
      const values = Array.from({ length: count }, (_, seed) =>
        suggest(space, trials, { sampler: 'tpe', strict: 'hyperopt' }, seed),
      );
      const shareOf = (name: string, value: unknown) =>
        values.filter((each) => each?.[name] === value).length / count;
      // Within four deviations of a share of 1,500.
      const tolerance = (share: number) => 4 * Math.sqrt((share * (1 - share)) / count) + 1 / count;
      law.epochs.values.forEach((epochs, index) => {
        const share = law.epochs.shares[index]!;
        expect(Math.abs(shareOf('epochs', epochs) - share)).toBeLessThan(tolerance(share));
      });
      law.batch.forEach((share, index) => {
        expect(Math.abs(shareOf('batch', BATCHES[index]) - share)).toBeLessThan(tolerance(share));
      });
      law.lr.shares.forEach((share, index) => {
        const below =
          values.filter((each) => (each?.lr as number) <= law.lr.quantiles[index]!).length / count;
        expect(Math.abs(below - share)).toBeLessThan(tolerance(share));
      });
    });
  },
);

describe('in single steps', () => {
  it('weighs observations by their age', () => {
    for (const [count, weights] of Object.entries(fixtures.weights)) {
      expectClose(forgettingWeights(Number(count)), weights);
    }
  });

  it('takes ¼√N for good', () => {
    for (const [count, below] of Object.entries(fixtures.below)) {
      const trials = Array.from({ length: Number(count) }, (_, score): SearchTrial => completed({}, score));
      expect(splitForTpe(trials, 'hyperopt').below).toHaveLength(below);
    }
  });

  it('makes mixtures, with ties, at the ends and close together', () => {
    for (const { obs, ...mixture } of Object.values(fixtures.parzen)) {
      expectMixture(parzenMixture(obs, { mean: 0.5, deviation: 1 }), mixture);
    }
  });

  it('has densities on a logarithmic scale', () => {
    const { low, high, obs, x, hyperopt, pAccept } = fixtures.logDensity;
    const estimate = numericEstimate({ kind: 'loguniform', low, high }, obs);
    // hyperopt leaves out what is the same for all values: how much of the mixture is in the range.
    expectClose(
      x.map((value) => estimate.logDensity(value)),
      hyperopt.map((value) => value - Math.log(pAccept)),
    );
  });

  it('has shares of options', () => {
    const { observations, options, shares } = fixtures.choice;
    const estimate = choiceEstimate(options, observations);
    expectClose(
      shares.map((_, option) => estimate.logDensity(option)),
      shares.map(Math.log),
    );
  });

  it('draws the first 20 at random, whatever their results', () => {
    const trials = Array.from({ length: 19 }, (_, index) =>
      completed({ lr: 0.01, batch: 32, epochs: 50 }, -index),
    );
    const options = { sampler: 'tpe', strict: 'hyperopt' } as const;
    const worse = trials.map((trial): SearchTrial => ({ values: trial.values, state: 'failed' }));
    expect(suggest(space, trials, options, 1)).toEqual(suggest(space, worse, options, 1));
    const [more, worseMore] = [trials, worse].map((each) => [...each, completed({ lr: 0.09 }, -50)]);
    expect(suggest(space, more!, options, 1)).not.toEqual(suggest(space, worseMore!, options, 1));
  });
});

// --- helpers ---

interface Stored {
  values: number[];
  state: string;
  loss?: number;
}

function asTrial({ values: [lr, batch, epochs], state, loss }: Stored): SearchTrial {
  const values = { lr, batch: BATCHES[batch!], epochs };
  if (state === 'completed') return completed(values, -loss!);
  return { values, state: state as 'running' | 'failed' };
}

function completed(values: Record<string, unknown>, score: number): SearchTrial {
  return { values, state: 'completed', score };
}

function expectMixture(ours: Mixture, theirs: { weights: number[]; mus: number[]; sigmas: number[] }): void {
  // Components with the same mean are in either order.
  const sorted = ({ weights, means, deviations }: Mixture) =>
    weights
      .map((weight, k) => [means[k]!, deviations[k]!, weight])
      .sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!)
      .flat();
  expectClose(
    sorted(ours),
    sorted({ weights: theirs.weights, means: theirs.mus, deviations: theirs.sigmas }),
  );
}

function expectClose(ours: readonly number[], theirs: readonly number[]): void {
  expect(ours).toHaveLength(theirs.length);
  ours.forEach((value, index) => {
    expect(Math.abs(value - theirs[index]!)).toBeLessThan(1e-9);
  });
}
