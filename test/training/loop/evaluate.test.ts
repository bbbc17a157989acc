import { describe, expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../../study/definition/training-config.ts';
import { evaluate, scoreInTrainingMode } from '../../../training/loop/evaluate.ts';
import { createPauses } from '../../../training/loop/event-loop.ts';
import { initialWeights } from '../../../training/networks/initial-weights.ts';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import { type NamedTensors, toDevice } from '../../../training/tensorflow/named-tensors.ts';
import { backend, tf } from '../../../training/tensorflow/tensorflow.ts';
import { takeBatch, uploadImages } from '../../reference/images.ts';
import { configOf, dense, tinyResnet } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';

const images = easyImages(600);
const config = configOf(dense(1), { dropout: 0.9 });

/** Class 3 with log-odds 2, for any image. */
const alwaysThree: NamedTensors = new Map([
  ['layers.0.weight', { shape: [3072, 1], data: new Float32Array(3072) }],
  ['layers.0.bias', { shape: [1], data: Float32Array.of(1) }],
  ['layers.1.weight', { shape: [1, 10], data: new Float32Array(10) }],
  [
    'layers.1.bias',
    { shape: [10], data: Float32Array.from({ length: 10 }, (_, index) => (index === 3 ? 2 : 0)) },
  ],
]);

test('loss, accuracy, probabilities and confusion belong to the requested images', async () => {
  const before = tf.memory().numTensors;
  // Classes 0 to 9 in turn: 58 images of class 0 and 59 of each other class, in more than two batches.
  const { loss, accuracy, probabilities, confusion } = await evaluate(
    config,
    CIFAR10_INPUT,
    alwaysThree,
    images,
    range(1, 590),
  );
  expect(tf.memory().numTensors).toBe(before);
  const total = Math.exp(2) + 9;
  expect(accuracy).toBeCloseTo((100 * 59) / 589, 10);
  expect(loss).toBeCloseTo(Math.log(total) - (2 * 59) / 589, 5);
  expect(probabilities.length).toBe(5890);
  for (let image = 0; image < 589; image++) {
    expect(probabilities[image * 10 + 3]).toBeCloseTo(Math.exp(2) / total, 5);
    expect(probabilities[image * 10 + 4]).toBeCloseTo(1 / total, 5);
  }
  expect(confusion).toEqual(
    Array.from({ length: 10 }, (_, actual) =>
      Array.from({ length: 10 }, (_, predicted) => (predicted !== 3 ? 0 : actual === 0 ? 58 : 59)),
    ),
  );
});

test('refuses weights of another network', async () => {
  const other = configOf(dense(2));
  await expect(evaluate(other, CIFAR10_INPUT, alwaysThree, images, range(0, 10))).rejects.toThrow(
    'weights: expected layers.0.weight of shape [3072, 2], got [3072, 1]; they belong to another configuration',
  );
});

describe('in training mode', () => {
  const indices = range(30, 131);
  const validation = { images, indices, flips: undefined };
  /** Initial weights, so that no prediction is certain. */
  const untrained = (config: TrainingConfig) =>
    initialWeights(weightsOf(createNetwork(config, CIFAR10_INPUT)), 5);
  const accuracy = (config: TrainingConfig, seeds = { seed: 1, epoch: 1 }, data = validation) =>
    scoreInTrainingMode(config, CIFAR10_INPUT, untrained(config), data, seeds, createPauses());

  test('batch normalisation uses the configuration’s batches, and a last partial one', async () => {
    const config = configOf(tinyResnet, { batchSize: 16 });
    const network = createNetwork(config, CIFAR10_INPUT);
    const [weights, onDevice] = [toDevice(untrained(config)), uploadImages(images, CIFAR10_INPUT)];
    let correct = 0;
    for (let start = 0; start < indices.length; start += 16) {
      correct += tf.tidy(() => {
        const { x, labels } = takeBatch(onDevice, indices.slice(start, start + 16), undefined);
        const dropoutSeed = tf.tensor1d([0, 0], 'int32');
        const { logits } = network.forward(weights, x, { training: true, dropoutSeed });
        return tf.sum(tf.equal(tf.argMax(logits, 1), labels)).dataSync()[0] as number;
      });
    }
    tf.dispose([weights, onDevice]);
    expect(await accuracy(config)).toBe((100 * correct) / 101);
    // Other batches have other statistics; the running averages would give the same.
    expect(await accuracy({ ...config, batchSize: 101 })).not.toBe(await accuracy(config));
  });

  test('dropout is active, and depends on seed and epoch', async () => {
    const config = configOf(dense(64), { dropout: 0.5 });
    const drawn = [
      await accuracy(config),
      await accuracy(config, { seed: 2, epoch: 1 }),
      await accuracy(config, { seed: 1, epoch: 2 }),
    ];
    expect(new Set(drawn).size).toBe(3);
    expect(await accuracy(config)).toBe(drawn[0]);
  });

  test('images are mirrored as the flips say', async () => {
    const config = configOf(tinyResnet, { batchSize: 16 });
    const flips = new Uint8Array(101).fill(1);
    const mirrored = { ...validation, flips };
    expect(await accuracy(config, undefined, mirrored as never)).not.toBe(await accuracy(config));
  });

  test('measures nothing for a network that is the same in both modes', async () => {
    expect(await accuracy(configOf(dense(8)))).toBeUndefined();
  });

  test('leaves nothing in TensorFlow', async () => {
    const held = () => [
      tf.memory().numTensors,
      backend.binding.getNumOfTensors(),
      backend.binding.getNumOfSavedModels(),
    ];
    const before = held();
    await accuracy(configOf(tinyResnet, { dropout: 0.5 }));
    expect(held()).toEqual(before);
  });
});

test('throws the reason of an abort', async () => {
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(
    evaluate(config, CIFAR10_INPUT, alwaysThree, images, range(0, 10), { signal }),
  ).rejects.toThrow('stop');
});
