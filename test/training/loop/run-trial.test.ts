import { describe, expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../../study/definition/training-config.ts';
import type { EpochLine } from '../../../study/trial/trial.ts';
import { tensorsDigest } from '../../../training/checkpoint/tensors-digest.ts';
import { evaluate, scoreInTrainingMode as scoredInTrainingMode } from '../../../training/loop/evaluate.ts';
import { createPauses } from '../../../training/loop/event-loop.ts';
import { drawFlips } from '../../../training/loop/order.ts';
import type { TrainingProgress } from '../../../training/loop/progress.ts';
import { tf } from '../../../training/tensorflow/tensorflow.ts';
import { configOf, conv, dense, normalisedConv, tinyBasicResnet, tinyResnet } from '../configs.ts';
import { images, metrics, train, validation } from './watched-trial.ts';

describe('learning', () => {
  test.each<[string, TrainingConfig]>([
    ['a dense network', configOf(dense(32), { epochs: 4, batchSize: 16 })],
    ['a convolutional network', configOf(conv([[8, 3, 1]], 24), { epochs: 4, batchSize: 16 })],
    ['a ResNet with ELU', configOf(tinyResnet, { epochs: 4, batchSize: 16, activation: 'elu' })],
    [
      'a convolutional network with batch normalisation',
      configOf({ ...normalisedConv, globalPool: undefined }, { epochs: 4, batchSize: 16 }),
    ],
    ['a ResNet of basic blocks', configOf(tinyBasicResnet, { epochs: 4, batchSize: 16 })],
    [
      'AdamW, a cosine, a warm-up, smoothing, clipping and augmentations',
      configOf(conv([[8, 3, 1]], 24), {
        epochs: 4,
        batchSize: 16,
        optimizer: { kind: 'adamw', weightDecay: 0.01 },
        schedule: { kind: 'cosine' },
        learningRate: 0.005,
        warmUp: 0.5,
        labelSmoothing: 0.1,
        clipNorm: 5,
        augmentations: [
          { kind: 'crop', padding: 2 },
          { kind: 'cutout', size: 6 },
          { kind: 'brightness', amount: 0.1 },
          { kind: 'contrast', amount: 0.1 },
        ],
      }),
    ],
    [
      'ELU with Adadelta',
      configOf(dense(32), {
        epochs: 4,
        batchSize: 16,
        activation: 'elu',
        learningRate: 1,
        optimizer: { kind: 'adadelta' },
      }),
    ],
    [
      'SiLU with Adagrad and dropout',
      configOf(dense(32), {
        epochs: 4,
        batchSize: 16,
        activation: 'silu',
        dropout: 0.2,
        optimizer: { kind: 'adagrad' },
      }),
    ],
  ])('%s learns easy images', async (_what, config) => {
    const { outcome, lines, best, checkpoints, bestEpochs, hits } = await train(config);
    expect(outcome).toBe('completed');
    expect(lines.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(lines.at(-1)?.val_accuracy).toBeGreaterThan(90);
    expect(lines.at(-1)?.train_loss).toBeLessThan(lines[0]?.train_loss as number);

    // Each epoch's hits give its accuracy.
    const counted = hits.map(
      (bytes) =>
        [...bytes]
          .map((byte) => byte.toString(2))
          .join('')
          .replaceAll('0', '').length,
    );
    expect(counted.map((count) => (100 * count) / validation.length)).toEqual(
      lines.map(({ val_accuracy }) => val_accuracy),
    );

    // The best epoch is the first with the highest accuracy, and its weights give that accuracy.
    expect(best?.epoch).toBe(bestEpochs.at(-1));
    expect(checkpoints.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 15],
      [2, 30],
      [3, 45],
      [4, 60],
    ]);
    const again = await evaluate(config, CIFAR10_INPUT, best?.weights as never, images, validation);
    const line = lines[(best?.epoch as number) - 1] as EpochLine;
    expect(again.accuracy).toBe(line.val_accuracy);
    expect(again.loss).toBe(line.val_loss);
    expect(again.probabilities).toEqual(best?.validationProbabilities);
  });

  test('starts from the given weights, and draws the others from the seed', async () => {
    // The rate is too small to change anything.
    const config = configOf(dense(8, 6), { epochs: 1, learningRate: 1e-30 });
    const given = { shape: [8, 6], data: Float32Array.from({ length: 48 }, (_, index) => (index + 1) / 48) };
    const { best } = await train(config, { startFrom: new Map([['layers.1.weight', given]]) });
    const { best: drawn } = await train(config);
    for (const [name, { shape, data }] of drawn!.weights) {
      const tensor = best!.weights.get(name);
      expect(tensor, name).toEqual(name === 'layers.1.weight' ? given : { shape, data });
    }
    const other = train(config, { startFrom: new Map([['layers.9.weight', given]]) });
    await expect(other).rejects.toThrow(/initial weights: got the tensor layers\.9\.weight/);
  });

  test('the last partial batch counts, and progress includes all of the epoch', async () => {
    const { progress, lines, parameters } = await train(configOf(dense(8), { epochs: 2, batchSize: 100 }));
    expect(parameters).toBe(3072 * 8 + 8 + 8 * 10 + 10);
    const last = progress.at(-1) as TrainingProgress;
    expect(last).toMatchObject({ epoch: 2, epochs: 2, step: 3, stepsPerEpoch: 3 });
    expect(last.loss).toBe(lines[1]?.train_loss);
    expect(last.accuracy).toBe(lines[1]?.train_accuracy);
    expect(last.imagesPerSecond).toBeGreaterThan(0);
    expect(last.secondsLeft).toBeGreaterThan(0);
    // 230 images: their share of hits is a multiple of 1/230.
    expect(((last.accuracy * 230) / 100) % 1).toBeCloseTo(0, 6);
  });

  test('different seeds give different results, and the same seed gives the same bit for bit', async () => {
    const config = configOf(dense(16), { epochs: 1, dropout: 0.3 });
    const [a, b, c] = [await train(config), await train(config), await train(config, { seed: 8 })];
    expect(metrics(b.lines)).toEqual(metrics(a.lines));
    expect(tensorsDigest(b.best!.weights)).toBe(tensorsDigest(a.best!.weights));
    expect(metrics(c.lines)).not.toEqual(metrics(a.lines));
  });

  test('validation images are mirrored only if the configuration says so', async () => {
    const config = configOf(conv([[8, 3, 1]], 24), { epochs: 1 });
    const [plain, flipped] = [await train(config), await train({ ...config, validationFlip: true })];
    expect(flipped.lines[0]?.train_loss).toBe(plain.lines[0]?.train_loss);
    expect(flipped.lines[0]?.val_loss).not.toBe(plain.lines[0]?.val_loss);
  });
});

describe('the score in training mode', () => {
  test.each<[string, TrainingConfig]>([
    ['dropout', configOf(dense(32), { epochs: 2, dropout: 0.5, validationFlip: true })],
    ['batch normalisation', configOf(tinyResnet, { epochs: 2 })],
  ])('is that of the best epoch, for a network with %s', async (_what, config) => {
    const { best, scoreInTrainingMode } = await train(config);
    const { epoch, weights } = best as NonNullable<typeof best>;
    const flips = drawFlips({
      count: validation.length,
      probability: config.validationFlip ? 0.5 : 0,
      stream: 'validation',
      seed: 7,
      epoch,
    });
    const data = { images, indices: validation, flips };
    const seeds = { seed: 7, epoch };
    expect(scoreInTrainingMode).toBe(
      await scoredInTrainingMode(config, CIFAR10_INPUT, weights, data, seeds, createPauses()),
    );
  });

  test('is absent for other networks, and if training diverged', async () => {
    expect(await train(configOf(dense(8), { epochs: 1 }))).not.toHaveProperty('scoreInTrainingMode');
    const diverges = { epochs: 3, learningRate: 100, activation: 'leakyRelu', dropout: 0.1 } as const;
    const diverged = await train(configOf(dense(64, 64), diverges));
    expect(diverged.outcome).toBe('diverged');
    expect(diverged).not.toHaveProperty('scoreInTrainingMode');
  });
});

describe('ends', () => {
  test('a loss that is not finite ends the trial as diverged, with the epochs before', async () => {
    const config = configOf(dense(64, 64), { epochs: 3, learningRate: 100, activation: 'leakyRelu' });
    const { outcome, message, lines, checkpoints } = await train(config);
    expect(outcome).toBe('diverged');
    expect(message).toMatch(
      /^(train_loss|val_loss) became (NaN|Infinity) .* epoch \d.* steps 1 (and|to) 8.* lower learning rate/,
    );
    expect(lines).toEqual(checkpoints.at(-1)?.lines ?? []);
    for (const line of lines) expect(Number.isFinite(line.val_loss)).toBe(true);
  });

  test.each([
    'the store is gone',
    // TensorFlow's own words. It would wait for ten seconds before it throws.
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[16777216,16777216] and type float',
  ])('throws other errors: %s', async (message) => {
    const onEpoch = async () => {
      throw new Error(message);
    };
    await expect(train(configOf(dense(8)), { onEpoch })).rejects.toThrow(message);
  });

  test('an abort ends the trial within an epoch, and its reason is thrown', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const before = tf.memory().numTensors;
    const many = Int32Array.from({ length: 200_000 }, (_, index) => index % 230);
    let epochs = 0;
    const onEpoch = async () => void epochs++;
    const run = train(configOf(dense(512)), { training: many, onEpoch, signal: controller.signal });
    const timer = setTimeout(() => controller.abort(reason), 100);
    await expect(run).rejects.toBe(reason);
    clearTimeout(timer);
    expect(epochs).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    ['training', /image to train on/],
    ['validation', /image to evaluate on/],
  ])('throws if there are no %s images', async (which, message) => {
    await expect(train(configOf(dense(8)), { [which]: new Int32Array(0) })).rejects.toThrow(message);
  });
});

test.each<[string, TrainingConfig]>([
  [
    'a convolutional network',
    configOf(conv([[4, 3, 1]], 16), { epochs: 3, dropout: 0.5, activation: 'silu' }),
  ],
  ['a ResNet', configOf(tinyResnet, { epochs: 3, activation: 'elu' })],
])('neither an epoch nor a trial of %s leaves a tensor behind', async (_what, config) => {
  const before = { ...tf.memory() };
  const during: number[] = [];
  await train(config, { onEpoch: async () => void during.push(tf.memory().numTensors) });
  expect(new Set(during).size).toBe(1);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
});
