import { expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { asNetwork } from '../../../study/definition/planned-network.ts';
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
