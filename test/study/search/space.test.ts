import { describe, expect, it } from 'vitest';
import { applying, checkSpace, type Space, spaceFaults } from '../../../study/search/space.ts';

const optimizer = { kind: 'choice', options: ['sgd', 'adagrad'] } as const;
const rate = { kind: 'loguniform', low: 0.001, high: 1 } as const;

describe('a space that can’t be searched', () => {
  it.each<[string, unknown, string, string]>([
    ['nothing to vary', {}, '', 'at least one parameter'],
    [
      'a range without length',
      { x: { kind: 'uniform', low: 1, high: 1 } },
      'x.high',
      'more than low, which is 1',
    ],
    ['a logarithm of 0', { x: { kind: 'loguniform', low: 0, high: 1 } }, 'x.low', 'more than 0'],
    ['a number that is missing', { x: { kind: 'uniform', low: 0 } }, 'x.high', 'a finite number'],
    [
      'an infinite number',
      { x: { kind: 'normal', mean: Infinity, deviation: 1 } },
      'x.mean',
      'a finite number',
    ],
    ['a step of 0', { x: { kind: 'quniform', low: 0, high: 1, q: 0 } }, 'x.q', 'a step of more than 0'],
    ['a deviation of 0', { x: { kind: 'normal', mean: 0, deviation: 0 } }, 'x.deviation', 'more than 0'],
    ['half an integer', { x: { kind: 'integer', low: 0.5, high: 3 } }, 'x.low', 'a whole number'],
    [
      'the far tail of a normal distribution',
      { x: { kind: 'normal', mean: 0, deviation: 1, low: 5, high: 6 } },
      'x.mean',
      'leave at least 1 %',
    ],
    ['no options', { x: { kind: 'choice', options: [] } }, 'x.options', 'at least one option'],
    [
      'an option twice',
      {
        x: {
          kind: 'choice',
          options: [
            { a: 1, b: 2 },
            { b: 2, a: 1 },
          ],
        },
      },
      'x.options.1',
      'an option that is not there yet',
    ],
    [
      'a condition on an unknown parameter',
      { optimizer, rate: { ...rate, when: { optimiser: 'sgd' } } },
      'rate.when.optimiser',
      'the name of another parameter of the space (optimizer)',
    ],
    [
      'a condition on an unknown value',
      { optimizer, rate: { ...rate, when: { optimizer: 'adam' } } },
      'rate.when.optimizer',
      'one of the values of optimizer: ["sgd","adagrad"]',
    ],
    [
      'a condition on a continuous parameter',
      { rate, x: { ...rate, when: { rate: 0.1 } } },
      'x.when.rate',
      'a parameter with a list of values',
    ],
    [
      'conditions in a circle',
      { a: { ...optimizer, when: { b: 'sgd' } }, b: { ...optimizer, when: { a: 'sgd' } } },
      'a.when.b',
      "a parameter that doesn't itself depend on a",
    ],
  ])('has %s', (_, space, path, expected) => {
    const [fault] = spaceFaults(space as Space);
    expect(fault?.path.join('.')).toBe(path);
    expect(fault?.expected).toContain(expected);
  });

  it('is refused with every fault', () => {
    const space: Space = { x: { kind: 'uniform', low: 1, high: 0 }, y: { kind: 'choice', options: [] } };
    expect(() => checkSpace(space)).toThrow(
      'space.x.high: expected more than low, which is 1, got 0\n' +
        'space.y.options: expected at least one option, got []',
    );
  });
});

it('a parameter applies under its conditions, and those of the parameters that they name', () => {
  const space: Space = {
    network: { kind: 'choice', options: ['dense', 'conv'] },
    optimizer: { ...optimizer, when: { network: 'conv' } },
    momentum: { kind: 'uniform', low: 0, high: 1, when: { optimizer: 'sgd' } },
  };
  checkSpace(space);
  const values = { optimizer: 'sgd', momentum: 0.9 };
  expect(applying(space, { network: 'conv', ...values })).toEqual({ network: 'conv', ...values });
  expect(applying(space, { network: 'dense', ...values })).toEqual({ network: 'dense' });
});
