import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Activation } from '../../../study/definition/training-config.ts';
import { activate } from '../../../training/networks/activations.ts';
import { convolution } from '../../../training/networks/layers.ts';
import { crossEntropy } from '../../../training/networks/loss.ts';
import { type Tensor, type Tensor2D, type Tensor4D, tf } from '../../../training/tensorflow/tensorflow.ts';

describe('activations', () => {
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
    '%s has the value of its definition and the slope as its gradient',
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
});

describe('convolution', () => {
  const CHANNELS = 3;
  const OUTPUTS = 5;

  test.each([
    { what: 'a filter of one pixel', size: 4, kernel: 1, stride: 1, padding: 0, left: 4 },
    {
      what: 'a filter of one pixel that skips every second pixel',
      size: 5,
      kernel: 1,
      stride: 2,
      padding: 0,
      left: 3,
    },
    { what: 'one input pixel within padding', size: 1, kernel: 3, stride: 1, padding: 1, left: 1 },
    { what: 'one output pixel', size: 2, kernel: 3, stride: 2, padding: 1, left: 1 },
    {
      what: 'one output pixel of a filter as large as the image',
      size: 4,
      kernel: 4,
      stride: 1,
      padding: 0,
      left: 1,
    },
    { what: 'output pixels over padding only', size: 2, kernel: 3, stride: 1, padding: 2, left: 4 },
    {
      what: 'one output pixel of an image larger than the filter',
      size: 4,
      kernel: 3,
      stride: 2,
      padding: 0,
      left: 1,
    },
  ])('equals its definition: $what', ({ size, kernel, stride, padding, left }) => {
    const x = tf.randomNormal([2, size, size, CHANNELS], 0, 1, 'float32', 1) as Tensor4D;
    const filter = tf.randomNormal([kernel, kernel, CHANNELS, OUTPUTS], 0, 1, 'float32', 2) as Tensor4D;
    const edge: [number, number] = [padding, padding];
    const definition = (image: Tensor4D, weights: Tensor4D) =>
      tf.conv2d(tf.pad4d(image, [[0, 0], edge, edge, [0, 0]]), weights, stride, 'valid');
    const ours = (image: Tensor4D, weights: Tensor4D) => convolution(image, weights, stride, padding);

    expect(ours(x, filter).shape).toEqual([2, left, left, OUTPUTS]);
    expectClose(ours(x, filter), definition(x, filter));
    // Squared, so that the gradients depend on the result.
    const [gradients, expected] = [ours, definition].map((run) =>
      tf.grads((image, weights) => tf.sum(tf.square(run(image as Tensor4D, weights as Tensor4D))))([
        x,
        filter,
      ]),
    ) as [Tensor4D[], Tensor4D[]];
    for (const [index, gradient] of gradients.entries()) expectClose(gradient, expected[index] as Tensor4D);
  });

  function expectClose(a: Tensor4D, b: Tensor4D): void {
    expect(a.shape).toEqual(b.shape);
    const expected = b.dataSync();
    for (const [index, value] of a.dataSync().entries())
      expect(value).toBeCloseTo(expected[index] as number, 3);
  }
});

describe('cross-entropy', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each(['', '1'])('value and gradient equal tfjs’s, TF_DETERMINISTIC_OPS=%j', (deterministic) => {
    vi.stubEnv('TF_DETERMINISTIC_OPS', deterministic);
    const result = tf.tidy(() => {
      const logits = tf.tensor2d([0.5, -1, 2, 3, 3, 3, -100, 0, 100], [3, 3]);
      const labels = tf.tensor1d([0, 2, 2], 'int32');
      const weights = tf.tensor1d([1, 2, 0.5]);
      const ours = tf.valueAndGrad((x: Tensor) => crossEntropy(x as Tensor2D, labels))(logits, weights);
      const theirs = tf.valueAndGrad((x: Tensor) =>
        tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 3), x, undefined, 0, tf.Reduction.NONE),
      )(logits, weights);
      return {
        value: [ours.value.dataSync(), theirs.value.dataSync()],
        grad: [ours.grad.dataSync(), theirs.grad.dataSync()],
      };
    });
    for (const [ours, theirs] of Object.values(result)) {
      for (const [index, value] of (ours as Float32Array).entries())
        expect(value).toBeCloseTo(theirs?.[index] as number, 5);
    }
    // −log(e^0.5 / (e^0.5 + e^−1 + e^2)), and three equal logits
    expect(result.value[0]?.[0]).toBeCloseTo(1.74131, 4);
    expect(result.value[0]?.[1]).toBeCloseTo(Math.log(3), 5);
  });
});
