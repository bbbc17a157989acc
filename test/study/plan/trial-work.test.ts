import { describe, expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { networkShapes } from '../../../study/definition/network-shapes.ts';
import type { Network } from '../../../study/definition/training-config.ts';
import { longestFirst, trialWork } from '../../../study/plan/trial-work.ts';
import { configOf, withEpochs } from '../../training/configs.ts';

const data = { dataset: 'd'.repeat(64), trainImages: 2000, validationFraction: 0.2, splitSeed: 1 };
const dense: Network = { kind: 'dense', hidden: [8] };
const conv: Network = {
  kind: 'conv',
  convolutions: [
    { filters: 32, kernel: 3, padding: 1 },
    { filters: 64, kernel: 3, padding: 1 },
  ],
  hidden: [128],
};
const resnet50: Network = { kind: 'resnet', blocks: [3, 4, 6, 3], width: 64, hidden: [] };
const workOf = (network: Network, change: Parameters<typeof configOf>[1] = {}) =>
  trialWork({ config: configOf(network, change), data });

describe('multiply-adds of a network', () => {
  it.each([
    ['dense', dense, 3072 * 8 + 8 * 10],
    ['conv', conv, 32 * 32 * 27 * 32 + 16 * 16 * 288 * 64 + 4096 * 128 + 128 * 10],
  ])('are those of every position of every layer: %s', (_name, network, expected) => {
    expect(networkShapes(network, CIFAR10_INPUT).multiplyAdds).toBe(expected);
  });

  it('are those that ResNet-50 is known for, on images a seventh as wide', () => {
    // torchvision counts 4.09 billion for 224×224 pixels.
    expect(networkShapes(resnet50, CIFAR10_INPUT).multiplyAdds).toBeCloseTo(4.09e9 / 49, -7);
  });
});

describe('the work of a trial', () => {
  it('grows with epochs, and with steps if images are few in each', () => {
    expect(workOf(dense, { epochs: 6 })).toBe(3 * workOf(dense, { epochs: 2 }));
    expect(workOf(dense, { batchSize: 16 })).toBeGreaterThan(1.9 * workOf(dense, { batchSize: 32 }));
  });

  it('orders the networks of the shipped study as a step of each is measured', () => {
    const networks = [dense, conv, resnet50].map((network) => workOf(network));
    expect(networks).toEqual([...networks].sort((a, b) => a - b));
  });

  it('sorts trials, and leaves equal ones in their order', () => {
    const config = configOf(dense, { epochs: 2 });
    const trials = [
      { name: 'a', spec: { config, data } },
      { name: 'b', spec: { config: withEpochs(config, 4), data } },
      { name: 'c', spec: { config, data } },
      { name: 'd', spec: { config: configOf(conv, { epochs: 2 }), data } },
    ];
    expect(longestFirst(trials).map(({ name }) => name)).toEqual(['d', 'b', 'a', 'c']);
  });
});
