import { expect, test } from 'vitest';
import type { Optimizer } from '../../../study/definition/training-config.ts';
import { createUpdateRule } from '../../../training/optimizers/optimizer.ts';
import { learningRateAt } from '../../../training/optimizers/schedule.ts';
import { tf } from '../../../training/tensorflow/tensorflow.ts';
import { configOf, dense } from '../configs.ts';

const gradients = [
  [0.5, -0.25],
  [0.1, 0.3],
  [-0.2, 0.05],
];

/**
 * Three steps from w = [1, −2] at learning rate 0.02, as PyTorch 2.15.0 takes them in double precision; the slots were
 * worked out after the algorithms in its documentation.
 */
const expected: [Optimizer, number[][], number[][]][] = [
  [
    { kind: 'sgd', momentum: 0.9 },
    [
      [0.99, -1.995],
      [0.979, -1.9965],
      [0.9731, -1.99885],
    ],
    [[0.295, 0.1175]],
  ],
  [
    { kind: 'adagrad' },
    [
      [0.98, -1.98],
      [0.976077677, -1.99536443],
      [0.983380645, -1.99790443],
    ],
    [[0.3, 0.155]],
  ],
  [
    { kind: 'adadelta' },
    [
      [0.999936756, -1.99993676],
      [0.999918306, -2.00000692],
      [0.999953842, -2.0000222],
    ],
    [
      [0.02515, 0.0134125],
      [1.20226212e-6, 1.9757434e-6],
    ],
  ],
];

test.each(expected)('%o steps as PyTorch does', (optimizer, weights, slots) => {
  const rule = createUpdateRule(optimizer);
  const result = tf.tidy(() => {
    let state = { parameter: tf.tensor([1, -2]), slots: rule.slots.map(() => tf.zeros([2])) };
    return gradients.map((gradient) => {
      state = rule.update(state.parameter, tf.tensor(gradient), state.slots, tf.scalar(0.02)) as typeof state;
      return {
        weights: [...state.parameter.dataSync()],
        slots: state.slots.map((slot) => [...slot.dataSync()]),
      };
    });
  });
  for (const [step, { weights: got }] of result.entries()) {
    for (const [index, value] of got.entries())
      expect(value).toBeCloseTo(weights[step]?.[index] as number, 6);
  }
  for (const [at, slot] of (result.at(-1)?.slots ?? []).entries()) {
    for (const [index, value] of slot.entries()) {
      const want = slots[at]?.[index] as number;
      expect(Math.abs(value / want - 1)).toBeLessThan(1e-5);
    }
  }
});

test('the exponential schedule lowers the rate after every epoch, the constant one never', () => {
  const exponential = configOf(dense(8), {
    learningRate: 0.1,
    schedule: { kind: 'exponential', gamma: 0.95 },
  });
  expect([1, 2, 3].map((epoch) => learningRateAt(exponential, epoch))).toEqual([
    0.1,
    0.1 * 0.95,
    0.1 * 0.95 * 0.95,
  ]);
  expect(learningRateAt(configOf(dense(8), { learningRate: 0.1 }), 90)).toBe(0.1);
});
