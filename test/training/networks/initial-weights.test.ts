import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { sizeOf } from '../../../study/definition/network-shapes.ts';
import type { Network } from '../../../study/definition/training-config.ts';
import { initialWeights } from '../../../training/networks/initial-weights.ts';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import type { NetworkTensor } from '../../../training/networks/network-function.ts';
import { configOf, conv, dense, tinyResnet } from '../configs.ts';

/** A tensor's values over several seeds: the fewer values it has, the more seeds. */
function valuesOf(tensor: NetworkTensor): Float32Array {
  const size = sizeOf(tensor.shape);
  const seeds = Math.ceil(20_000 / size);
  const all = new Float32Array(seeds * size);
  for (let seed = 0; seed < seeds; seed++) {
    all.set(initialWeights([tensor], seed).get(tensor.name)?.data ?? [], seed * size);
  }
  return all;
}

/** Kolmogorov's statistic: the largest distance between the values' distribution and the uniform one in ±bound, times √n. */
function distanceFromUniform(values: Float32Array, bound: number): number {
  const largest = values.toSorted().reduce((most, value, index) => {
    const share = (value / bound + 1) / 2;
    return Math.max(
      most,
      Math.abs(share - index / values.length),
      Math.abs(share - (index + 1) / values.length),
    );
  }, 0);
  return largest * Math.sqrt(values.length);
}

test.each<[string, Network, Record<string, number>]>([
  ['a dense network', dense(300, 64), { 'layers.0': 3072, 'layers.1': 300, 'layers.2': 64 }],
  [
    'a convolutional network',
    conv(
      [
        [6, 3, 1],
        [16, 5, 0],
      ],
      64,
    ), // 32 → 16 → 12 → 6 pixels
    { 'conv.0': 27, 'conv.1': 150, 'layers.0': 576, 'layers.1': 64 },
  ],
  ['the head of a ResNet', tinyResnet, { 'fc.0': 256, 'fc.1': 32, 'fc.2': 16 }],
])('weights and biases of %s are uniform in ±1/√fan_in', (_what, network, fanIn) => {
  const tensors = createNetwork(configOf(network), CIFAR10_INPUT).parameters.filter(({ name }) =>
    /^(conv\.|layers|fc)/.test(name),
  );
  expect(tensors.map(({ name }) => name)).toEqual(
    Object.keys(fanIn).flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]),
  );
  for (const tensor of tensors) {
    const bound = 1 / Math.sqrt(fanIn[tensor.name.replace(/\.\w+$/, '')] as number);
    const values = valuesOf(tensor);
    expect(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThanOrEqual(bound);
    // One in 10,000 samples of uniform values is further away.
    expect(distanceFromUniform(values, bound), tensor.name).toBeLessThan(2.23);
  }
});

test('a ResNet starts like torchvision’s: Kaiming normal by fan-out, batch normalisation at rest', () => {
  const network = createNetwork(configOf({ ...tinyResnet, width: 32 }), CIFAR10_INPUT);
  const weights = initialWeights(weightsOf(network), 5);
  let convolutions = 0;
  for (const [name, { shape, data }] of weights) {
    if (name.startsWith('fc.')) continue;
    if (shape.length === 1) {
      expect(new Set(data), name).toEqual(new Set([/(running_var|weight)$/.test(name) ? 1 : 0]));
    } else {
      convolutions++;
      const [kernel, , , out] = shape as [number, number, number, number];
      const variance = 2 / (kernel * kernel * out);
      const mean = (power: number) => data.reduce((sum, value) => sum + value ** power, 0) / data.length;
      const inErrors = (error: number, variancePerValue: number) =>
        Math.abs(error) / Math.sqrt(variancePerValue / data.length);
      // Mean 0, the expected variance, and a normal distribution's fourth moment.
      expect(inErrors(mean(1), variance), name).toBeLessThan(5);
      expect(inErrors(mean(2) / variance - 1, 2), name).toBeLessThan(5);
      expect(inErrors(mean(4) / variance ** 2 - 3, 96), name).toBeLessThan(5);
    }
  }
  expect(convolutions).toBe(1 + 4 * 4);
});

test.each([
  ['a dense network', dense(16), '1dd619c3c5dfaf3b03a5950c3adf823099245229e4fe55925e8daaadad4898f9'],
  ['a ResNet', tinyResnet, '451c523943f2c2e547eb4b97fcd2ac550176a7c3c0ec0e119c2efb7a7c87f251'],
])(
  'the initial weights of %s depend on seed and names only, not on the device',
  (_what, network, expected) => {
    const tensors = weightsOf(createNetwork(configOf(network), CIFAR10_INPUT));
    const hash = (seed: number) => {
      const sha = createHash('sha256');
      for (const { data } of initialWeights(tensors, seed).values()) sha.update(data);
      return sha.digest('hex');
    };
    expect(hash(1)).not.toBe(hash(2));
    // The value itself has no meaning. If it changes, so do the numerics of every stored trial.
    expect(hash(1)).toBe(expected);
  },
);

test('neighbouring seeds have nothing in common', () => {
  const parameter: NetworkTensor = {
    name: 'layers.0.weight',
    shape: [50_000],
    initial: { kind: 'uniform', bound: 1 },
  };
  const draw = (seed: number) => initialWeights([parameter], seed).get(parameter.name)?.data as Float32Array;
  const [a, b] = [draw(7), draw(8)];
  const correlation = a.reduce((sum, value, index) => sum + value * (b[index] as number), 0) / (a.length / 3);
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(a.length));
});
