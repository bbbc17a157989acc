import { type Tensor, tf } from '../tensorflow/tensorflow.ts';
import type { UpdateRule } from './optimizer.ts';

export const EPSILON = 1e-10;

/** Adagrad as `torch.optim.Adagrad` has it: s ← s + g², w ← w − lr·g / (√s + ε), from s = 0. */
export function adagrad(): UpdateRule {
  return {
    slots: ['sum'],
    update(parameter, gradient, [sum], learningRate) {
      const next = tf.add(sum as Tensor, tf.square(gradient));
      const step = tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(next), EPSILON));
      return { parameter: tf.sub(parameter, step), slots: [next] };
    },
  };
}
