import { expect, test } from 'vitest';
import type { Activation } from '../../../study/definition/training-config.ts';
import { activate } from '../../../training/networks/activations.ts';
import { type Tensor, type Tensor2D, tf } from '../../../training/tensorflow/tensorflow.ts';

const inputs = [-30, -2.5, -0.7, -0.01, 0.01, 0.4, 1.9, 30];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** PyTorch's definitions. */
const definitions: Record<Activation, (x: number) => number> = {
  relu: (x) => Math.max(0, x),
  leakyRelu: (x) => (x > 0 ? x : 0.01 * x),
  sigmoid,
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  silu: (x) => x * sigmoid(x),
};

test.each(Object.entries(definitions) as [Activation, (x: number) => number][])(
  '%s has the value of its definition and the gradient of its slope',
  (activation, definition) => {
    const upstream = inputs.map((_, index) => index + 1);
    const [value, gradient] = tf.tidy(() => {
      const x = tf.tensor2d(inputs, [2, 4]);
      const gradientOf = tf.grad((input: Tensor) => activate(input as Tensor2D, activation));
      return [activate(x, activation).dataSync(), gradientOf(x, tf.tensor2d(upstream, [2, 4])).dataSync()];
    });
    for (const [index, x] of inputs.entries()) {
      const slope = (definition(x + 1e-4) - definition(x - 1e-4)) / 2e-4;
      expect(value[index]).toBeCloseTo(definition(x), 5);
      expect(gradient[index]).toBeCloseTo((upstream[index] as number) * slope, 4);
    }
  },
);
