import { type Tensor, tf } from '../tensorflow/tensorflow.ts';
import type { UpdateRule } from './optimizer.ts';

export const RHO = 0.9;
export const EPSILON = 1e-6;

/**
 * Adadelta as `torch.optim.Adadelta` has it, from averages of 0:
 * s ← ρ·s + (1−ρ)·g², Δ = √(d + ε) / √(s + ε) · g, d ← ρ·d + (1−ρ)·Δ², w ← w − lr·Δ.
 */
export function adadelta(): UpdateRule {
  return {
    slots: ['square_avg', 'acc_delta'],
    update(parameter, gradient, [squares, deltas], learningRate) {
      const nextSquares = movingAverage(squares as Tensor, gradient);
      const scale = tf.div(tf.sqrt(tf.add(deltas as Tensor, EPSILON)), tf.sqrt(tf.add(nextSquares, EPSILON)));
      const delta = tf.mul(scale, gradient);
      return {
        parameter: tf.sub(parameter, tf.mul(delta, learningRate)),
        slots: [nextSquares, movingAverage(deltas as Tensor, delta)],
      };
    },
  };
}

// --- helpers ---

function movingAverage(average: Tensor, value: Tensor): Tensor {
  return tf.add(tf.mul(average, RHO), tf.mul(tf.square(value), 1 - RHO));
}
