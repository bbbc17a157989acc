import { expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import type { Network } from '../../study/definition/training-config.ts';
import { networkInBrief, networkInFull } from '../../words/network.ts';

const inFull = (network: Network) => networkInFull(network, CIFAR10_INPUT);
const resNet = (blocks: number[], width: number): Extract<Network, { kind: 'resnet' }> => ({
  kind: 'resnet',
  blocks,
  width,
  hidden: [16],
});

it.each<[string, Network]>([
  ['ResNet-50', resNet([3, 4, 6, 3], 64)],
  ['ResNet-18', { ...resNet([2, 2, 2, 2], 64), block: 'basic' }],
  ['ResNet-34', { ...resNet([3, 4, 6, 3], 64), block: 'basic' }],
  ['ResNet', resNet([2, 2, 2, 2], 64)],
  ['ResNet', { ...resNet([2, 2, 2, 2], 64), block: 'basic', stem: 'small' }],
  ['ResNet', resNet([3, 8, 36, 3], 64)],
  ['ResNet', resNet([3, 4, 6, 3], 128)],
  ['ResNet', resNet([3, 4, 6, 3], 16)],
])('calls it %s: only networks of torchvision have a number', (name, network) => {
  expect(networkInBrief(network).split(',')[0]).toBe(name);
  expect(networkInFull(network, CIFAR10_INPUT).split(' (')[0]).toBe(name);
});

it('describes equal networks alike, and different ones differently', () => {
  const networks: Network[] = [
    resNet([3, 4, 6, 3], 64),
    resNet([3, 4, 6, 3], 128),
    { ...resNet([3, 4, 6, 3], 64), pretrained: true },
    { kind: 'dense', hidden: [16] },
    { kind: 'dense', hidden: [16], pretrained: true },
    { kind: 'conv', convolutions: [{ filters: 6, kernel: 5, padding: 0 }], hidden: [16] },
    { kind: 'conv', convolutions: [{ filters: 6, kernel: 5, padding: 2 }], hidden: [16] },
    { kind: 'conv', convolutions: [{ filters: 6, kernel: 5, padding: 2, stride: 2 }], hidden: [16] },
    { kind: 'conv', convolutions: [{ filters: 6, kernel: 5, padding: 2, pool: false }], hidden: [16] },
    { kind: 'conv', convolutions: [{ filters: 6, kernel: 5, padding: 2, batchNorm: true }], hidden: [16] },
    { kind: 'conv', convolutions: [{ filters: 6, kernel: 5, padding: 2 }], globalPool: true, hidden: [16] },
    { ...resNet([3, 4, 6, 3], 64), block: 'basic' },
    { ...resNet([3, 4, 6, 3], 64), stem: 'small' },
    { ...resNet([3, 4, 6, 3], 64), hidden: [] },
    { kind: 'dense', hidden: [] },
  ];
  expect(new Set(networks.map(inFull)).size).toBe(networks.length);
  expect(inFull(structuredClone(networks[2] as Network))).toBe(inFull(networks[2] as Network));
});
