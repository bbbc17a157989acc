import { describe, expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { Augmentation } from '../../../study/definition/training-config.ts';
import { augmented, drawNumbers } from '../../../training/augmentations/augmentations.ts';
import { imageForm } from '../../../training/augmentations/image-form.ts';
import { createCompiledEngine } from '../../../training/compile/compiled-engine.ts';
import type { HeldImages } from '../../../training/data/labelled-images.ts';
import { drawsInOrder } from '../../../training/loop/draws.ts';
import { startingTensors } from '../../../training/loop/starting-tensors.ts';
import { createNetwork } from '../../../training/networks/network.ts';
import { createUpdateRule } from '../../../training/optimizers/optimizer.ts';
import { type Tensor4D, tf } from '../../../training/tensorflow/tensorflow.ts';
import { configOf, dense } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';
import colours from '../fixtures/colours.json' with { type: 'json' };
import { filledImages } from '../pytorch-fixtures.ts';

/** Not square, so that rows and columns can't be mistaken for each other. */
const form = { shape: [5, 7, 3], mean: [0.5, 0.4, 0.3], deviation: [0.5, 0.25, 0.2] } as const;
const [height, width, channels] = form.shape;
/** Every value differs. */
const valueAt = (image: number, row: number, column: number, channel: number) =>
  ((image * height + row) * width + column) * channels + channel + 1;

function imagesOf(count: number): Tensor4D {
  return tf.reshape(tf.range(1, 1 + count * height * width * channels), [count, ...form.shape]) as Tensor4D;
}

/** The result for each image's draws, and what `wanted` says of each value. */
function compare(
  augmentation: Augmentation,
  draws: number[][],
  wanted: (image: number, row: number, column: number, channel: number) => number,
): void {
  const got = tf
    .tidy(() => augmented([augmentation], imagesOf(draws.length), tf.tensor2d(draws), form))
    .dataSync<'float32'>();
  const want = new Float32Array(got.length);
  for (let image = 0; image < draws.length; image++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let channel = 0; channel < channels; channel++) {
          want[valueAt(image, row, column, channel) - 1] = wanted(image, row, column, channel);
        }
      }
    }
  }
  expect(got.length).toBe(draws.length * height * width * channels);
  // A difference of 0 and −0 is none.
  expect([...got].map((value) => value + 0)).toEqual([...want]);
}

describe('what augmentations do to images', () => {
  test('a crop moves the image, and fills with black what comes in from outside', () => {
    const draws = [
      [2, 2],
      [0, 4],
      [3, 0],
      [4, 4],
    ];
    const black = form.mean.map((mean, channel) => Math.fround(-mean / (form.deviation[channel] as number)));
    compare({ kind: 'crop', padding: 2 }, draws, (image, row, column, channel) => {
      const [top, left] = draws[image] as [number, number];
      const from = [row + top - 2, column + left - 2] as const;
      const isInside = from[0] >= 0 && from[0] < height && from[1] >= 0 && from[1] < width;
      return isInside ? valueAt(image, ...from, channel) : (black[channel] as number);
    });
  });

  test.each([1, 2, 3, 4])('a cutout of %i pixels sets a square to the mean', (size) => {
    const draws = [
      [2, 3],
      [0, 0],
      [4, 6],
      [1, 6],
    ];
    const half = Math.floor(size / 2);
    compare({ kind: 'cutout', size }, draws, (image, row, column, channel) => {
      const [y, x] = draws[image] as [number, number];
      const isCut = (at: number, centre: number) => at >= centre - half && at < centre - half + size;
      return isCut(row, y) && isCut(column, x) ? 0 : valueAt(image, row, column, channel);
    });
  });

  test.each(colours.cases)('$kind by $factor equals torchvision’s', ({ kind, factor, entries }) => {
    const { pixels } = filledImages(colours.images) as HeldImages;
    const side = 32;
    const plain = { shape: [side, side, 3], mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
    const ours = tf
      .tidy(() => {
        const planes = tf.div(tf.tensor(Float32Array.from(pixels), [colours.images, 3, side, side]), 255);
        const x = tf.transpose(planes, [0, 2, 3, 1]) as Tensor4D;
        const factors = tf.fill([colours.images, 1], factor) as never;
        const augmentation = { kind: kind as 'brightness' | 'contrast', amount: 1 };
        return tf.transpose(augmented([augmentation], x, factors, plain), [0, 3, 1, 2]);
      })
      .dataSync<'float32'>();
    for (const [index, value] of entries.entries()) {
      const at = Math.round((index * (ours.length - 1)) / (entries.length - 1));
      expect(Math.abs((ours[at] as number) - value)).toBeLessThan(1e-6);
    }
  });
});

describe('what augmentations draw', () => {
  const all: Augmentation[] = [
    { kind: 'crop', padding: 4 },
    { kind: 'cutout', size: 8 },
    { kind: 'brightness', amount: 0.4 },
    { kind: 'contrast', amount: 0.2 },
  ];
  const request = { augmentations: all, form, count: 2000, seed: 3, epoch: 1 };

  test('covers the whole range, each value equally often', () => {
    const numbers = drawNumbers(request);
    const column = (index: number) => [...numbers.filter((_, at) => at % 6 === index)];
    const counts = (values: number[]) =>
      values.reduce(
        (found, value) => found.set(value, (found.get(value) ?? 0) + 1),
        new Map<number, number>(),
      );
    const expected = [9, 9, height, width];
    for (const [index, values] of expected.entries()) {
      const found = counts(column(index));
      expect([...found.keys()].sort((a, b) => a - b)).toEqual([...Array(values).keys()]);
      // Five deviations.
      const mean = 2000 / values;
      for (const count of found.values()) expect(Math.abs(count - mean)).toBeLessThan(5 * Math.sqrt(mean));
    }
    for (const [index, amount] of [
      [4, 0.4],
      [5, 0.2],
    ] as const) {
      const factors = column(index);
      expect(Math.min(...factors)).toBeGreaterThan(1 - amount - 1e-6);
      expect(Math.min(...factors)).toBeLessThan(1 - 0.98 * amount);
      expect(Math.max(...factors)).toBeLessThan(1 + amount);
      expect(Math.max(...factors)).toBeGreaterThan(1 + 0.98 * amount);
    }
  });

  test('depends on seed and epoch only', () => {
    expect(drawNumbers(request)).toEqual(drawNumbers(request));
    expect(drawNumbers({ ...request, seed: 4 })).not.toEqual(drawNumbers(request));
    expect(drawNumbers({ ...request, epoch: 2 })).not.toEqual(drawNumbers(request));
  });

  test('is the same for an augmentation whichever others there are', () => {
    const alone = drawNumbers({ ...request, augmentations: [{ kind: 'brightness', amount: 0.4 }] });
    expect(alone).toEqual(drawNumbers(request).filter((_, at) => at % 6 === 4));
  });

  test('is the same for an image in any order', () => {
    const training = range(100, 300);
    const of = (order: Int32Array) =>
      drawsInOrder({ augmentations: all }, form, { training, order, seed: 3, epoch: 1 }) as Float32Array;
    const reversed = of(training.slice().reverse());
    const inOrder = of(training);
    expect(reversed).not.toEqual(inOrder);
    for (let place = 0; place < 200; place++) {
      const other = (199 - place) * 6;
      expect(reversed.slice(other, other + 6)).toEqual(inOrder.slice(place * 6, place * 6 + 6));
    }
    expect(drawsInOrder({}, form, { training, order: training, seed: 3, epoch: 1 })).toBeUndefined();
  });
});

test('an engine trains on augmented images, and evaluates the images as they are', () => {
  const config = configOf(dense(8), { horizontalFlip: 0 });
  const crop: Augmentation[] = [{ kind: 'crop', padding: 4 }];
  const images = easyImages(8);
  const indices = range(0, 8);
  const draws = drawsInOrder({ augmentations: crop }, imageForm(CIFAR10_INPUT), {
    training: indices,
    order: indices,
    seed: 1,
    epoch: 1,
  }) as Float32Array;
  const moved = { ...images, pixels: images.pixels.slice() };
  for (const [at] of images.pixels.entries()) {
    const [image, row, column] = [Math.floor(at / 3072), Math.floor(at / 32) % 32, at % 32];
    const [top, left] = [(draws[2 * image] as number) - 4, (draws[2 * image + 1] as number) - 4];
    const isInside = row + top >= 0 && row + top < 32 && column + left >= 0 && column + left < 32;
    moved.pixels[at] = isInside ? (images.pixels[at + top * 32 + left] as number) : 0;
  }
  const trained = (given: typeof images, augmentations: Augmentation[]) => {
    const network = createNetwork(config, CIFAR10_INPUT);
    const engine = createCompiledEngine({
      ...config,
      augmentations,
      network,
      images: given,
      mirrored: false,
    });
    const start = startingTensors(network, createUpdateRule(config.optimizer), 1);
    engine.setWeights(start.weights);
    engine.setSlots(start.slots);
    const before = engine.evaluate({ indices, flips: undefined }).losses;
    const settings = { learningRate: 0.1, step: 1, dropoutSeed: [0, 0] as [number, number] };
    engine.train({ indices, flips: undefined, ...(augmentations.length > 0 && { draws }) }, settings);
    const weights = engine.weights();
    engine.dispose();
    return { before, weights };
  };
  const inGraph = trained(images, crop);
  const beforehand = trained(moved, []);
  expect(inGraph.weights).toEqual(beforehand.weights);
  expect(inGraph.weights).not.toEqual(trained(images, []).weights);
  expect(inGraph.before).toEqual(trained(images, []).before);
});
