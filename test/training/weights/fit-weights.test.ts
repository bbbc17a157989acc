import { describe, expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { Network } from '../../../study/definition/training-config.ts';
import { initialWeights } from '../../../training/networks/initial-weights.ts';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import { type NamedTensors, toDevice } from '../../../training/tensorflow/named-tensors.ts';
import { tf } from '../../../training/tensorflow/tensorflow.ts';
import { fitWeights, WeightsMismatchError } from '../../../training/weights/fit-weights.ts';
import { tensorLayouts, toPyTorch } from '../../../training/weights/layouts.ts';
import { readWeights } from '../../../training/weights/read-weights.ts';
import { configOf, conv, dense, normalisedConv, tinyBasicResnet, tinyResnet } from '../configs.ts';
import { noisyImages } from '../pytorch-fixtures.ts';
import { stepDifference } from '../step-difference.ts';
import logits from './fixtures/sequential.json' with { type: 'json' };
import torch from './fixtures/step.json' with { type: 'json' };
import { fixture, fixtureNetwork as small } from './fixtures.ts';

/** The network of the fixture `conv`. */
const smallConv = conv(
  [
    [4, 3, 1],
    [2, 5, 0],
  ],
  8,
);

describe('weights that PyTorch wrote', () => {
  test.each(['fine-tuned.zip.pth', 'fine-tuned.legacy.pth', 'fine-tuned.safetensors'])(
    '%s gives torchvision’s logits and training step',
    (name) => {
      const { weights, dropped, fresh } = fitWeights(
        readWeights(fixture(name)).tensors,
        small,
        CIFAR10_INPUT,
      );
      expect({ dropped, fresh }).toEqual({ dropped: [], fresh: [] });
      const device = toDevice(weights);
      const difference = stepDifference(configOf(small), device, torch);
      tf.dispose(device);
      expect(difference.evaluationLogits.value).toBeLessThan(1e-5);
      expect(difference.trainingLogits.value).toBeLessThan(1e-4);
      expect(difference.loss.value).toBeLessThan(1e-4);
      expect(difference.gradients.value, difference.gradients.at).toBeLessThan(1e-3);
      expect(difference.averages.value, difference.averages.at).toBeLessThan(1e-5);
    },
  );

  test.each([
    ['conv', 'conv.pth', smallConv],
    ['dense', 'dense.safetensors', dense(2)],
  ] as const)(
    '%s: PyTorch flattens channels first, and its layers’ numbers have gaps',
    (which, name, network) => {
      const { weights, dropped, fresh } = fitWeights(
        readWeights(fixture(name)).tensors,
        network,
        CIFAR10_INPUT,
      );
      expect({ dropped, fresh }).toEqual({ dropped: [], fresh: [] });
      const got = tf.tidy(() => {
        return createNetwork(configOf(network), CIFAR10_INPUT)
          .forward(toDevice(weights), noisyImages(4), { training: false })
          .logits.dataSync();
      });
      for (const [index, value] of logits[which].entries()) expect(got[index]).toBeCloseTo(value, 5);
    },
  );
});

describe('every tensor is used, dropped or refused', () => {
  test('of ImageNet’s weights: all but the head of its classes, which is drawn from the seed', () => {
    const file = readWeights(fixture('imagenet.legacy.pth'));
    const { weights, dropped, fresh } = fitWeights(file.tensors, small, CIFAR10_INPUT);
    expect(dropped).toEqual([
      { name: 'fc.bias', reason: "[20] belongs to another network's head" },
      { name: 'fc.weight', reason: "[20, 32] belongs to another network's head" },
    ]);
    expect(fresh).toEqual(['fc.0.weight', 'fc.0.bias', 'fc.1.weight', 'fc.1.bias']);
    const all = weightsOf(createNetwork(configOf(small), CIFAR10_INPUT)).map(({ name }) => name);
    expect([...weights.keys(), ...fresh].sort()).toEqual(all.sort());
    expect([...file.tensors.keys()].sort()).toEqual([...weights.keys(), 'fc.bias', 'fc.weight'].sort());
  });

  test('of torchvision’s ResNet for other classes: all but `fc`, whose name is ours too without hidden layers', () => {
    const file = torchWeights(tinyBasicResnet);
    expect(fitWeights(file, tinyBasicResnet, CIFAR10_INPUT).fresh).toEqual([]);
    file.set('fc.weight', { shape: [1000, 64], data: new Float32Array(64_000) });
    file.set('fc.bias', { shape: [1000], data: new Float32Array(1000) });
    const { weights, dropped, fresh } = fitWeights(file, tinyBasicResnet, CIFAR10_INPUT);
    expect(dropped.map(({ name }) => name)).toEqual(['fc.weight', 'fc.bias']);
    expect(fresh).toEqual(['fc.weight', 'fc.bias']);
    expect(weights.has('layer2.0.downsample.0.weight')).toBe(true);
    expect(weights.has('layer1.0.downsample.0.weight')).toBe(false);
  });

  test('a head is used completely or not at all', () => {
    const file = torchWeights(smallConv);
    expect(fitWeights(file, smallConv, CIFAR10_INPUT).fresh).toEqual([]);
    const other = conv(
      [
        [4, 3, 1],
        [2, 5, 0],
      ],
      8,
      8,
    );
    const { weights, dropped, fresh } = fitWeights(file, other, CIFAR10_INPUT);
    expect([...weights.keys()]).toEqual(['conv.0.weight', 'conv.0.bias', 'conv.1.weight', 'conv.1.bias']);
    expect(dropped.map(({ name }) => name)).toEqual([
      'layers.0.weight',
      'layers.0.bias',
      'layers.1.weight',
      'layers.1.bias',
    ]);
    expect(fresh).toHaveLength(6);
  });

  test('the message names everything that does not fit', () => {
    const file = torchWeights(tinyResnet);
    file.delete('layer2.0.bn1.running_var');
    file.set('layer3.0.conv2.weight', { shape: [1, 2, 3, 3], data: new Float32Array(18) });
    file.set('layer4.1.conv1.weight', { shape: [1], data: new Float32Array(1) });
    expect(() => fitWeights(file, tinyResnet, CIFAR10_INPUT)).toThrow(WeightsMismatchError);
    expect(() => fitWeights(file, tinyResnet, CIFAR10_INPUT)).toThrow(
      [
        `the weights don't fit the network ${JSON.stringify(tinyResnet)}:`,
        '  layer2.0.bn1.running_var: expected [16], got no such tensor',
        '  layer3.0.conv2.weight: expected [32, 32, 3, 3], got [1, 2, 3, 3]',
        '  layer4.1.conv1.weight: the network has no such tensor',
      ].join('\n'),
    );
  });

  test('a dense network has no head that could be dropped', () => {
    expect(() => fitWeights(torchWeights(dense(4, 5)), dense(4), CIFAR10_INPUT)).toThrow(
      /layers\.1\.weight: expected \[10, 4\], got \[5, 4\]\n.*\n {2}layers\.2\.weight: the network has no such tensor/,
    );
  });

  test('a deeper network with the same shapes does not fit', () => {
    const deeper: Network = { ...tinyResnet, blocks: [1, 1, 2, 1] };
    expect(() => fitWeights(torchWeights(deeper), tinyResnet, CIFAR10_INPUT)).toThrow(
      /layer3\.1\.conv1\.weight: the network has no such tensor/,
    );
  });
});

test.each([
  ['dense', dense(4, 5)],
  ['conv', smallConv],
  ['conv, normalised', normalisedConv],
  ['resnet', tinyResnet],
  ['resnet, basic', tinyBasicResnet],
] as const)('%s: converting to PyTorch’s layout and back changes nothing', (_kind, network) => {
  const ours = startOf(network);
  expect(fitWeights(torchWeights(network), network, CIFAR10_INPUT).weights).toEqual(ours);
});

// --- helpers ---

function startOf(network: Network): NamedTensors {
  const tensors = initialWeights(weightsOf(createNetwork(configOf(network), CIFAR10_INPUT)), 1);
  return new Map(tensorLayouts(network, CIFAR10_INPUT).map(({ name }) => [name, tensors.get(name)!]));
}

/** A network's weights in PyTorch's layout. */
function torchWeights(network: Network): NamedTensors {
  const tensors = startOf(network);
  return new Map(
    tensorLayouts(network, CIFAR10_INPUT).map((layout) => [
      layout.name,
      toPyTorch(layout, tensors.get(layout.name)!),
    ]),
  );
}
