import { expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { asNetwork } from '../../../study/definition/planned-network.ts';
import type { Network } from '../../../study/definition/training-config.ts';
import { trialMemoryBytes } from '../../../study/plan/memory.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { configOf } from '../../training/configs.ts';

// Measured with 50,000 images; docs/measurements.md has the others.
it.each([
  ['MLP', 32, 1162],
  ['relu_layer_div2', 128, 1383],
  ['default_conv', 32, 1117],
  ['simple_cnn', 128, 1182],
  ['simple_cnn_arq_2', 32, 1503],
  ['rn50', 32, 2368],
  ['rn50', 128, 2476],
])('estimates at least the memory of %s at batch %i, and not much more', (name, batchSize, megabytes) => {
  const estimate = trialMemoryBytes(configOf(networkOf(name), { batchSize }), 50_000, CIFAR10_INPUT) / 1e6;
  expect(estimate).toBeGreaterThan(0.95 * megabytes);
  expect(estimate).toBeLessThan(1.4 * megabytes);
});

const filters = (stride?: 2) =>
  [32, 64].map((each) => ({ filters: each, kernel: 3, padding: 1, ...(stride && { stride }) }));
const strided = [...filters(2), { filters: 128, kernel: 3, padding: 1, stride: 2 }];
const networks: Record<string, Network> = {
  dense: { kind: 'dense', hidden: [256, 128] },
  small_cnn: { kind: 'conv', convolutions: filters(), hidden: [128] },
  strided_cnn: {
    kind: 'conv',
    convolutions: strided.map((each) => ({ ...each, batchNorm: true })),
    globalPool: true,
    hidden: [],
  },
  resnet18: { kind: 'resnet', block: 'basic', blocks: [2, 2, 2, 2], width: 64, hidden: [] },
};

it.each([
  ['dense', 96, 64, 10_000, 1727],
  ['small_cnn', 96, 64, 2_000, 1673],
  ['small_cnn', 96, 64, 20_000, 2759],
  ['small_cnn', 224, 32, 1_000, 5689],
  ['strided_cnn', 96, 64, 2_000, 869],
  ['strided_cnn', 224, 32, 1_000, 1915],
  ['resnet18', 96, 64, 2_000, 1567],
])('the same holds for %s on images of %i pixels at batch %i', (name, size, batchSize, images, megabytes) => {
  const input = { shape: [size, size, 3] as [number, number, number], classes: 10 };
  const config = configOf(networks[name] as Network, { batchSize });
  const estimate = trialMemoryBytes(config, images, input) / 1e6;
  expect(estimate).toBeGreaterThan(megabytes);
  expect(estimate).toBeLessThan(1.25 * megabytes);
});

it('counts mirrored copies of the images, and a second slot for each parameter', () => {
  const memoryOf = (change: Parameters<typeof configOf>[1]) =>
    trialMemoryBytes(configOf(networkOf('simple_cnn_arq_2'), change), 50_000, CIFAR10_INPUT);
  expect(memoryOf({}) - memoryOf({ horizontalFlip: 0 })).toBeGreaterThan(150e6);
  // 11 million parameters in four more copies.
  expect(memoryOf({ optimizer: { kind: 'adadelta' } }) - memoryOf({})).toBeGreaterThan(160e6);
});

// --- helpers ---

function networkOf(name: string) {
  const candidates = cifar10.stages.flatMap((stage) => (stage.kind === 'compare' ? stage.candidates : []));
  const network = candidates.find((candidate) => candidate.name === name)?.change.network;
  if (!network) throw new Error(`expected a candidate "${name}" with a network, found none`);
  return asNetwork(network, CIFAR10_INPUT, [4]);
}
