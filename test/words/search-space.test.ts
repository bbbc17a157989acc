import { expect, it } from 'vitest';
import type { SearchStage } from '../../study/definition/stage-schema.ts';
import { evaluationsAtOnceInWords, spaceInWords } from '../../words/search-space.ts';

it('says what a search draws each setting from', () => {
  expect(
    spaceInWords({
      learningRate: { kind: 'loguniform', low: 0.0001, high: 1 },
      batchSize: { kind: 'choice', options: [32, 64] },
      epochs: { kind: 'quniform', low: 10, high: 100, q: 5 },
      dropout: { kind: 'uniform', low: 0, high: 0.5, when: { optimizer: { kind: 'adagrad' } } },
      optimizer: { kind: 'choice', options: [{ kind: 'sgd', momentum: 0.9 }, { kind: 'adagrad' }] },
      'optimizer.momentum': {
        kind: 'normal',
        mean: 0.9,
        deviation: 0.05,
        high: 0.99,
        when: { optimizer: { kind: 'sgd', momentum: 0.9 } },
      },
      network: { kind: 'choice', options: ['wide', 'narrow'] },
    }),
  ).toEqual([
    'learningRate: 0.0001 to 1, logarithmic',
    'batchSize: 32 or 64',
    'epochs: 10 to 100 in steps of 5',
    'dropout: 0 to 0.5, if optimizer is {"kind":"adagrad"}',
    'optimizer: {"kind":"sgd","momentum":0.9} or {"kind":"adagrad"}',
    'optimizer.momentum: normal, mean 0.9, deviation 0.05, to 0.99, if optimizer is {"kind":"sgd","momentum":0.9}',
    'network: wide or narrow',
  ]);
});

it.each<[string, Partial<SearchStage>, string]>([
  ['random', {}, '60 evaluations at a time, since they depend on no result'],
  ['in lines', { parallel: 2 }, '2 evaluations at a time, as `parallel` says'],
  [
    'in rounds',
    { sampler: { kind: 'tpe' } },
    '20 evaluations at a time, since they depend on no result; after 20 evaluations, rounds of 4: each is suggested when ' +
      'the one before has ended, so that the same are suggested on any machine',
  ],
  [
    'async',
    { sampler: { kind: 'tpe-multivariate' }, parallel: 3, order: 'async' },
    '3 evaluations at a time, as `parallel` says; after 10 evaluations, 3 at a time, as `parallel` says, each suggested when ' +
      'another has ended, so that results depend on the order of their ends',
  ],
])('says how many evaluations run at once, and why: %s', (_what, options, text) => {
  const stage = { evaluations: 60, ...options } as SearchStage;
  expect(evaluationsAtOnceInWords(stage).replaceAll('\u00a0', ' ')).toBe(text);
});
