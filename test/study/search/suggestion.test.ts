import { expect, it } from 'vitest';
import type { Space } from '../../../study/search/space.ts';
import { asSuggestion, asValues } from '../../../study/search/suggestion.ts';

const sgd = { kind: 'sgd', momentum: 0.9 };
const space: Space = {
  learningRate: { kind: 'uniform', low: 0.001, high: 0.1 },
  optimizer: { kind: 'choice', options: [sgd, { kind: 'adagrad' }] },
  'optimizer.momentum': { kind: 'uniform', low: 0, high: 0.99, when: { optimizer: sgd } },
  network: { kind: 'choice', options: ['wide', 'narrow'] },
};

it('puts fields into their objects, and finds the values again', () => {
  const values = { 'optimizer.momentum': 0.5, learningRate: 0.01, network: 'wide', optimizer: sgd };
  const suggestion = asSuggestion(values);
  expect(suggestion).toEqual({
    learningRate: 0.01,
    network: 'wide',
    optimizer: { kind: 'sgd', momentum: 0.5 },
  });
  expect(asValues(suggestion, space)).toEqual(values);
});

it('finds the values of a suggestion in which a condition did not hold', () => {
  const values = { learningRate: 0.01, network: 'narrow', optimizer: { kind: 'adagrad' } };
  expect(asValues(asSuggestion(values), space)).toEqual(values);
});
