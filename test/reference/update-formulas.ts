/**
 * Reference: the optimizers' formulas as functions of tensors. Nothing here runs in training; the operations that
 * `training/optimizers/` adds to the graph are checked against them.
 */
import type { Optimizer } from '../../study/definition/training-config.ts';
import { type Scalar, type Tensor, tf } from '../../training/tensorflow/tensorflow.ts';

/** Changes nothing in place. The slots are in the order of the optimizer's slots. */
export type UpdateFormula = (
  parameter: Tensor,
  gradient: Tensor,
  slots: Tensor[],
  learningRate: Scalar,
  /** Of the trial, from 1. */
  step: number,
) => { parameter: Tensor; slots: Tensor[] };

export function updateFormula(optimizer: Optimizer): UpdateFormula {
  if (optimizer.kind === 'adamw') return adamw(optimizer.weightDecay);
  const formula = plainFormula(optimizer);
  const { weightDecay = 0 } = optimizer;
  return (parameter, gradient, ...rest) =>
    formula(
      parameter,
      weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay)),
      ...rest,
    );
}

// --- helpers ---

function plainFormula(optimizer: Exclude<Optimizer, { kind: 'adamw' }>): UpdateFormula {
  switch (optimizer.kind) {
    case 'sgd':
      return sgd(optimizer.momentum);
    case 'adagrad':
      return adagrad;
    case 'adadelta':
      return adadelta;
    case 'adam':
      return adam;
  }
}

/** v ← μ·v + g, w ← w − lr·v */
function sgd(momentum: number): UpdateFormula {
  return (parameter, gradient, [velocity], learningRate) => {
    const next = tf.add(tf.mul(velocity as Tensor, momentum), gradient);
    return { parameter: tf.sub(parameter, tf.mul(next, learningRate)), slots: [next] };
  };
}

/** s ← s + g², w ← w − lr·g / (√s + ε) */
const adagrad: UpdateFormula = (parameter, gradient, [sum], learningRate) => {
  const next = tf.add(sum as Tensor, tf.square(gradient));
  const step = tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(next), 1e-10));
  return { parameter: tf.sub(parameter, step), slots: [next] };
};

/** s ← ρ·s + (1−ρ)·g², Δ = √(d + ε) / √(s + ε) · g, d ← ρ·d + (1−ρ)·Δ², w ← w − lr·Δ */
const adadelta: UpdateFormula = (parameter, gradient, [squares, deltas], learningRate) => {
  const epsilon = 1e-6;
  const nextSquares = movingAverage(squares as Tensor, gradient);
  const scale = tf.div(tf.sqrt(tf.add(deltas as Tensor, epsilon)), tf.sqrt(tf.add(nextSquares, epsilon)));
  const delta = tf.mul(scale, gradient);
  return {
    parameter: tf.sub(parameter, tf.mul(delta, learningRate)),
    slots: [nextSquares, movingAverage(deltas as Tensor, delta)],
  };
};

/** Of squares, with ρ = 0.9. */
function movingAverage(average: Tensor, value: Tensor): Tensor {
  const rho = 0.9;
  return tf.add(tf.mul(average, rho), tf.mul(tf.square(value), 1 - rho));
}

/** m ← β₁·m + (1−β₁)·g, v ← β₂·v + (1−β₂)·g², w ← w − lr / (1−β₁ᵗ) · m / (√v / √(1−β₂ᵗ) + ε) */
const adam: UpdateFormula = (parameter, gradient, [first, second], learningRate, step) => {
  const [beta1, beta2] = [0.9, 0.999];
  const nextFirst = tf.add(tf.mul(first as Tensor, beta1), tf.mul(gradient, 1 - beta1));
  const nextSecond = tf.add(tf.mul(second as Tensor, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.add(tf.div(tf.sqrt(nextSecond), Math.sqrt(1 - beta2 ** step)), 1e-8);
  const change = tf.mul(tf.div(nextFirst, root), tf.div(learningRate, 1 - beta1 ** step));
  return { parameter: tf.sub(parameter, change), slots: [nextFirst, nextSecond] };
};

/** w ← (1 − lr·λ)·w, then Adam */
function adamw(weightDecay: number): UpdateFormula {
  return (parameter, gradient, slots, learningRate, step) => {
    const kept = tf.mul(parameter, tf.sub(1, tf.mul(learningRate, weightDecay)));
    return adam(kept, gradient, slots, learningRate, step);
  };
}
