import { expect, it } from 'vitest';
import { spaceInWords } from '../../words/search-space.ts';

it('says what a search draws each setting from', () => {
  expect(
    spaceInWords({
      learningRate: { kind: 'loguniform', low: 0.0001, high: 1 },
      batchSize: { kind: 'choice', options: [32, 64] },
      epochs: { kind: 'quniform', low: 10, high: 100, q: 5 },
      dropout: { kind: 'uniform', low: 0, high: 0.5 },
    }),
  ).toEqual([
    'learningRate: 0.0001 to 1, logarithmic',
    'batchSize: 32 or 64',
    'epochs: 10 to 100 in steps of 5',
    'dropout: 0 to 0.5',
  ]);
});
