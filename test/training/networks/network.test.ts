import { describe, expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { NetworkShapeError, networkShapes } from '../../../study/definition/network-shapes.ts';
import type { Network } from '../../../study/definition/training-config.ts';
import { convolve } from '../../../training/networks/layers.ts';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import type { ForwardMode } from '../../../training/networks/network-function.ts';
import { type Tensor, type Tensor1D, type Tensor4D, tf } from '../../../training/tensorflow/tensorflow.ts';
import { configOf, conv, dense, normalisedConv, resnet50, tinyResnet } from '../configs.ts';

/** `[filters, kernel, padding]` */
const fiveByFive: [number, number, number][] = [
  [6, 5, 0],
  [16, 5, 0],
];
const threeByThree: [number, number, number][] = [
  [32, 3, 1],
  [64, 3, 1],
];

function resnetOf(blocks: number[]) {
  return { kind: 'resnet', block: 'basic', blocks, width: 64, hidden: [] } as const satisfies Network;
}

/**
 * The counts were computed without this project: sum of in·out + out over the dense layers, kernel²·in·out + out
 * over the convolutions, with 3072 inputs, and 400 or 4096 features after the convolutions.
 */
const networks: [string, Network, number][] = [
  ['MLP', dense(512, 256), 1_707_274],
  ['relu_layer_div2', dense(1536, 768, 384, 192, 96, 48, 24, 12), 6_294_550],
  ['relu_layer_div4', dense(768, 192, 48, 12), 2_517_694],
  ['relu_div4_div2', dense(768, 384, 96, 48, 12), 2_697_694],
  ['relu_6_layer_divrand', dense(2000, 1000, 500, 200, 50), 8_758_260],
  ['relu_4_layer_divrand', dense(1500, 400, 80), 5_242_790],
  ['default_conv', conv(fiveByFive, 120, 84), 62_006],
  ['simple_cnn', conv(threeByThree, 128), 545_098],
  ['simple_cnn_arq_2', conv(threeByThree, 2048, 1024, 512, 256, 128, 64, 32, 16), 11_208_282],
  ['simple_cnn_arq_4', conv(threeByThree, 1024, 256, 64, 16), 4_494_778],
  ['rn50', resnet50, 23_508_032 + 2_378_234],
  // torchvision's, with a head for ten classes instead of a thousand.
  ['resnet18', resnetOf([2, 2, 2, 2]), 11_689_512 - 513_000 + 5_130],
  ['resnet34', resnetOf([3, 4, 6, 3]), 21_797_672 - 513_000 + 5_130],
  [
    'resnet18 with a small stem',
    { ...resnetOf([2, 2, 2, 2]), stem: 'small' },
    11_181_642 - 7 * 7 * 3 * 64 + 3 * 3 * 3 * 64,
  ],
  ['normalised convolutions', normalisedConv, 3 * 9 * 8 + 16 + 8 * 9 * 12 + 24 + 12 * 9 * 16 + 16 + 170],
  ['the output layer alone', dense(), 3072 * 10 + 10],
];

describe.each(networks)('%s', (_name, network, count) => {
  test('has the expected parameters, and gives ten logits for each image', () => {
    const created = createNetwork(configOf(network), CIFAR10_INPUT);
    const { parameters, parameterCount, forward } = created;
    expect(parameterCount).toBe(count);
    expect(parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0)).toBe(count);

    const tensorsBefore = tf.memory().numTensors;
    tf.tidy(() => {
      const weights = Object.fromEntries(
        weightsOf(created).map(({ name, shape }) => [name, tf.fill(shape, 0.01)]),
      );
      const { logits } = forward(weights, tf.ones([3, 32, 32, 3]) as Tensor4D, { training: false });
      expect(logits.shape).toEqual([3, 10]);
    });
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });
});

test('parameters are named as in PyTorch and shaped as in TensorFlow', () => {
  const { parameters } = createNetwork(configOf(conv(fiveByFive, 120, 84)), CIFAR10_INPUT);
  expect(parameters.map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
    'conv.0.weight 5×5×3×6',
    'conv.0.bias 6',
    'conv.1.weight 5×5×6×16',
    'conv.1.bias 16',
    'layers.0.weight 400×120',
    'layers.0.bias 120',
    'layers.1.weight 120×84',
    'layers.1.bias 84',
    'layers.2.weight 84×10',
    'layers.2.bias 10',
  ]);
});

test("a ResNet's tensors have torchvision's names, and its head's dense layers are counted as in other networks", () => {
  const network = createNetwork(configOf(resnet50), CIFAR10_INPUT);
  const named = (tensors: { name: string; shape: number[] }[], part: RegExp) =>
    tensors.filter(({ name }) => part.test(name)).map(({ name, shape }) => `${name} ${shape.join('×')}`);
  expect(named(network.parameters, /^(conv1|bn1|layer2\.0|fc\.4)\./)).toEqual([
    'conv1.weight 7×7×3×64',
    'bn1.weight 64',
    'bn1.bias 64',
    'layer2.0.conv1.weight 1×1×256×128',
    'layer2.0.bn1.weight 128',
    'layer2.0.bn1.bias 128',
    'layer2.0.conv2.weight 3×3×128×128',
    'layer2.0.bn2.weight 128',
    'layer2.0.bn2.bias 128',
    'layer2.0.conv3.weight 1×1×128×512',
    'layer2.0.bn3.weight 512',
    'layer2.0.bn3.bias 512',
    'layer2.0.downsample.0.weight 1×1×256×512',
    'layer2.0.downsample.1.weight 512',
    'layer2.0.downsample.1.bias 512',
    'fc.4.weight 16×10',
    'fc.4.bias 10',
  ]);
  expect(network.buffers.length).toBe(2 * 53);
  expect(named(network.buffers, /^(bn1|layer4\.0\.downsample)\./)).toEqual([
    'bn1.running_mean 64',
    'bn1.running_var 64',
    'layer4.0.downsample.1.running_mean 2048',
    'layer4.0.downsample.1.running_var 2048',
  ]);
});

test("a ResNet's layer shapes follow the image to a single pixel", () => {
  const { layers } = networkShapes(tinyResnet, CIFAR10_INPUT);
  const outputs = layers.filter(({ kind }) => kind !== 'batchNorm').map(({ name, output }) => [name, output]);
  expect(outputs).toEqual([
    ['conv1', [16, 16, 8]],
    ...[
      { group: 'layer1.0', before: 8, after: 8, inner: 8 },
      { group: 'layer2.0', before: 8, after: 4, inner: 16 },
      { group: 'layer3.0', before: 4, after: 2, inner: 32 },
      { group: 'layer4.0', before: 2, after: 1, inner: 64 },
    ].flatMap(({ group, before, after, inner }) => [
      [`${group}.conv1`, [before, before, inner]],
      [`${group}.conv2`, [after, after, inner]],
      [`${group}.conv3`, [after, after, 4 * inner]],
      [`${group}.downsample.0`, [after, after, 4 * inner]],
    ]),
    ['fc.0', [32]],
    ['fc.1', [16]],
    ['fc.2', [10]],
  ]);
});

test('layer shapes follow the image through convolutions and pools', () => {
  const { layers } = networkShapes(conv(fiveByFive, 120, 84), CIFAR10_INPUT);
  expect(layers.map(({ name, input, output }) => [name, input, output])).toEqual([
    ['conv.0', [32, 32, 3], [14, 14, 6]],
    ['conv.1', [14, 14, 6], [5, 5, 16]],
    ['layers.0', [400], [120]],
    ['layers.1', [120], [84]],
    ['layers.2', [84], [10]],
  ]);
});

test.each<[string, Network, RegExp]>([
  [
    'a kernel larger than the image',
    conv(
      [
        [8, 32, 0],
        [8, 3, 0],
      ],
      10,
    ),
    /conv\.0: a 32×32 kernel over 32×32 .* one pixel/,
  ],
  [
    'a later convolution whose kernel is too large',
    conv(
      [
        [8, 5, 0],
        [8, 5, 0],
        [8, 7, 0],
      ],
      10,
    ),
    /conv\.2: a 7×7 kernel over 5×5 pixels with padding 0 .* needs 8 or more/,
  ],
])('refuses %s, naming layer and sizes', (_what, network, message) => {
  expect(() => createNetwork(configOf(network), CIFAR10_INPUT)).toThrow(NetworkShapeError);
  expect(() => createNetwork(configOf(network), CIFAR10_INPUT)).toThrow(message);
});

test.each([
  ['an even kernel', 2, 1],
  ['padding beyond half the kernel', 3, 2],
  ['padding of half the kernel', 3, 1],
  ['no padding', 5, 0],
])('a convolution with %s pads every side equally', (_what, kernel, padding) => {
  const size = 32 + 2 * padding - kernel + 1;
  const [values, shape, gradient] = tf.tidy(() => {
    const x = tf.ones([1, 32, 32, 3]) as Tensor4D;
    const convolveWith = (weight: Tensor) =>
      convolve(x, { 'c.weight': weight, 'c.bias': tf.tensor1d([0.5]) }, 'c', 1, padding);
    const weight = tf.ones([kernel, kernel, 3, 1]);
    const y = convolveWith(weight);
    return [
      y.dataSync(),
      y.shape,
      tf
        .grad((w: Tensor) => convolveWith(w).sum())(weight)
        .dataSync(),
    ];
  });
  expect(shape).toEqual([1, size, size, 1]);
  // Ones, summed: the pixels that lie under the kernel in all three channels, and the bias.
  const corner = 3 * (kernel - padding) ** 2 + 0.5;
  expect([values[0], values.at(-1)]).toEqual([corner, corner]);
  expect(values[Math.floor(size / 2) * (size + 1)]).toBe(3 * kernel ** 2 + 0.5);
  // The first weight meets every pixel unless it lies over the padding.
  expect(gradient[0]).toBe((size - padding) ** 2);
});

describe('dropout', () => {
  const config = configOf(dense(2000), { dropout: 0.25 });
  const network = createNetwork(config, CIFAR10_INPUT);

  function logitsOf(mode: ForwardMode): Float32Array {
    return tf.tidy(() => {
      // Every hidden unit is 1 and each output is their mean, so logits show the share of kept units.
      const parameters = {
        'layers.0.weight': tf.zeros([3072, 2000]),
        'layers.0.bias': tf.ones([2000]),
        'layers.1.weight': tf.fill([2000, 10], 1 / 2000),
        'layers.1.bias': tf.zeros([10]),
      };
      return network
        .forward(parameters, tf.zeros([4, 32, 32, 3]) as Tensor4D, mode)
        .logits.dataSync<'float32'>();
    });
  }

  function masked(trial: number, step: number): Float32Array {
    return tf.tidy(() =>
      logitsOf({ training: true, dropoutSeed: tf.tensor1d([trial, step], 'int32') as Tensor1D }),
    );
  }

  test('drops the configured rate, keeps the mean, and is off in evaluation mode', () => {
    expect(logitsOf({ training: false })[0]).toBeCloseTo(1, 4);
    const logits = masked(3, 64);
    for (const image of [0, 1, 2, 3]) {
      expect(logits[image * 10]).not.toBeCloseTo(1, 4);
      // Standard deviation of the mean of 2,000 units: √(0.25 / 0.75 / 2000) = 0.013.
      expect(Math.abs((logits[image * 10] as number) - 1)).toBeLessThan(0.065);
    }
  });

  test('masks depend on trial and step', () => {
    expect(masked(3, 64)).toEqual(masked(3, 64));
    expect(masked(3, 64)).not.toEqual(masked(3, 128));
    expect(masked(3, 64)).not.toEqual(masked(4, 64));
  });
});
