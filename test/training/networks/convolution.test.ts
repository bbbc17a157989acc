import { expect, test } from 'vitest';
import { convolution } from '../../../training/networks/layers.ts';
import { type Tensor4D, tf } from '../../../training/tensorflow/tensorflow.ts';

const CHANNELS = 3;
const OUTPUTS = 5;

test.each([
  { what: 'a filter of one pixel', size: 4, kernel: 1, stride: 1, padding: 0, left: 4 },
  {
    what: 'a filter of one pixel that skips every second',
    size: 5,
    kernel: 1,
    stride: 2,
    padding: 0,
    left: 3,
  },
  { what: 'one pixel amid padding', size: 1, kernel: 3, stride: 1, padding: 1, left: 1 },
  { what: 'one pixel that results', size: 2, kernel: 3, stride: 2, padding: 1, left: 1 },
  { what: 'one pixel of a filter as large', size: 4, kernel: 4, stride: 1, padding: 0, left: 1 },
  { what: 'pixels that see padding alone', size: 2, kernel: 3, stride: 1, padding: 2, left: 4 },
  { what: 'one pixel of more than the filter sees', size: 4, kernel: 3, stride: 2, padding: 0, left: 1 },
])('a convolution is its definition: $what', ({ size, kernel, stride, padding, left }) => {
  const x = tf.randomNormal([2, size, size, CHANNELS], 0, 1, 'float32', 1) as Tensor4D;
  const filter = tf.randomNormal([kernel, kernel, CHANNELS, OUTPUTS], 0, 1, 'float32', 2) as Tensor4D;
  const edge: [number, number] = [padding, padding];
  const definition = (image: Tensor4D, weights: Tensor4D) =>
    tf.conv2d(tf.pad4d(image, [[0, 0], edge, edge, [0, 0]]), weights, stride, 'valid');
  const ours = (image: Tensor4D, weights: Tensor4D) => convolution(image, weights, stride, padding);

  expect(ours(x, filter).shape).toEqual([2, left, left, OUTPUTS]);
  expectClose(ours(x, filter), definition(x, filter));
  // Squared, so that the gradients depend on what results.
  const [gradients, expected] = [ours, definition].map((run) =>
    tf.grads((image, weights) => tf.sum(tf.square(run(image as Tensor4D, weights as Tensor4D))))([x, filter]),
  ) as [Tensor4D[], Tensor4D[]];
  for (const [index, gradient] of gradients.entries()) expectClose(gradient, expected[index] as Tensor4D);
});

function expectClose(a: Tensor4D, b: Tensor4D): void {
  expect(a.shape).toEqual(b.shape);
  const expected = b.dataSync();
  for (const [index, value] of a.dataSync().entries())
    expect(value).toBeCloseTo(expected[index] as number, 3);
}
