import { expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { normaliseByAverages, normaliseByBatch } from '../../../training/networks/batch-norm.ts';
import { createNetwork } from '../../../training/networks/network.ts';
import {
  type DeviceTensors,
  type Tensor1D,
  type Tensor4D,
  tf,
} from '../../../training/tensorflow/tensorflow.ts';
import { configOf, tinyResnet } from '../configs.ts';

/** Each channel's values in two images of 1×2 pixels. */
const channels = [
  [1, 2, 4, 5],
  [0, 10, 20, 50],
] as const;
const values = channels[0].flatMap((value, index) => [value, channels[1][index] as number]);

const weightsOf = (): DeviceTensors => ({
  'bn.weight': tf.tensor1d([2, 0.5]),
  'bn.bias': tf.tensor1d([1, -1]),
  'bn.running_mean': tf.tensor1d([7, -3]),
  'bn.running_var': tf.tensor1d([4, 1]),
});

function valuesOf(tensors: DeviceTensors, name: string): Float32Array {
  return (tensors[name] as Tensor1D).dataSync<'float32'>();
}

function expectChannels(y: Float32Array, means: number[], variances: number[]): void {
  for (const [index, value] of values.entries()) {
    const channel = index % 2;
    const [scale, offset] = [[2, 0.5][channel] as number, [1, -1][channel] as number];
    const deviation = Math.sqrt((variances[channel] as number) + 1e-5);
    expect(y[index]).toBeCloseTo(((value - (means[channel] as number)) / deviation) * scale + offset, 5);
  }
}

test('training mode normalises by the batch’s mean and biased variance; the averages take the unbiased variance', () => {
  const { y, mean, variance, names, meanBefore } = tf.tidy(() => {
    const weights = weightsOf();
    const { y, averages } = normaliseByBatch(tf.tensor4d(values, [2, 1, 2, 2]), weights, 'bn');
    return {
      y: y.dataSync<'float32'>(),
      names: Object.keys(averages),
      mean: valuesOf(averages, 'bn.running_mean'),
      variance: valuesOf(averages, 'bn.running_var'),
      meanBefore: valuesOf(weights, 'bn.running_mean'),
    };
  });
  expect(names).toEqual(['bn.running_mean', 'bn.running_var']);
  // Means 3 and 20; squares of the deviations sum to 10 and 1400, over four values.
  expectChannels(y, [3, 20], [2.5, 350]);
  expect(mean[0]).toBeCloseTo(0.9 * 7 + 0.1 * 3, 5);
  expect(mean[1]).toBeCloseTo(0.9 * -3 + 0.1 * 20, 5);
  expect(variance[0]).toBeCloseTo(0.9 * 4 + (0.1 * 10) / 3, 5);
  expect(variance[1]).toBeCloseTo(0.9 * 1 + (0.1 * 1400) / 3, 4);
  // Nothing is changed in place.
  expect([...meanBefore]).toEqual([7, -3]);
});

test('evaluation mode normalises by the running averages', () => {
  const y = tf.tidy(() =>
    normaliseByAverages(tf.tensor4d(values, [2, 1, 2, 2]), weightsOf(), 'bn').dataSync<'float32'>(),
  );
  expectChannels(y, [7, -3], [4, 1]);
});

test('a channel with a single value has variance 0', () => {
  const { y, variance } = tf.tidy(() => {
    const { y, averages } = normaliseByBatch(tf.tensor4d([5, 6], [1, 1, 1, 2]), weightsOf(), 'bn');
    return { y: y.dataSync<'float32'>(), variance: valuesOf(averages, 'bn.running_var') };
  });
  expect([...y]).toEqual([1, -1]);
  expect(variance[0]).toBeCloseTo(0.9 * 4, 5);
});

test('the logits of an image depend on the other images of its batch only in training mode', () => {
  const network = createNetwork(configOf(tinyResnet), CIFAR10_INPUT);
  const [together, alone, trained, trainedAlone] = tf.tidy(() => {
    const weights = Object.fromEntries(
      [...network.parameters, ...network.buffers].map(({ name, shape }, index) => [
        name,
        tf.add(tf.randomUniform(shape, -0.2, 0.2, 'float32', index), /var$/.test(name) ? 1 : 0),
      ]),
    );
    const x = tf.randomUniform([4, 32, 32, 3], -1, 1, 'float32', 99) as Tensor4D;
    const first = tf.slice(x, 0, 2);
    const dropoutSeed = tf.tensor1d([1, 1], 'int32');
    return [
      network.forward(weights, x, { training: false }),
      network.forward(weights, first, { training: false }),
      network.forward(weights, x, { training: true, dropoutSeed }),
      network.forward(weights, first, { training: true, dropoutSeed }),
    ].map(({ logits }) => logits.dataSync<'float32'>());
  }) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const difference = (a: Float32Array, b: Float32Array) =>
    Math.max(...b.map((value, index) => Math.abs(value - (a[index] as number))));
  expect(difference(together, alone)).toBeLessThan(1e-5);
  expect(difference(trained, trainedAlone)).toBeGreaterThan(1e-3);
});
