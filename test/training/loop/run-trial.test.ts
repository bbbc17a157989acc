import { describe, expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../../study/definition/training-config.ts';
import type { EpochLine } from '../../../study/trial/trial.ts';
import { type Checkpoint, CheckpointMismatchError } from '../../../training/checkpoint/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../training/checkpoint/safetensors.ts';
import { tensorsDigest } from '../../../training/checkpoint/tensors-digest.ts';
import { createCompiledEngine } from '../../../training/compile/compiled-engine.ts';
import type { CreateTrainingEngine } from '../../../training/compile/engine.ts';
import { evaluate, scoreInTrainingMode as scoredInTrainingMode } from '../../../training/loop/evaluate.ts';
import { createPauses } from '../../../training/loop/event-loop.ts';
import { drawFlips } from '../../../training/loop/order.ts';
import type { TrainingProgress } from '../../../training/loop/progress.ts';
import { runTrial, type TrialOutcome, type TrialRequest } from '../../../training/loop/run-trial.ts';
import { tf } from '../../../training/tensorflow/tensorflow.ts';
import {
  configOf,
  conv,
  dense,
  normalisedConv,
  tinyBasicResnet,
  tinyResnet,
  withEpochs,
} from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';

const images = easyImages(300);
const training = range(0, 230);
const validation = range(230, 300);

interface Watched extends TrialOutcome {
  checkpoints: Checkpoint[];
  progress: TrainingProgress[];
  bestEpochs: number[];
  hits: Uint8Array[];
}

async function train(
  config: TrainingConfig,
  changes: Partial<TrialRequest> = {},
  createEngine: CreateTrainingEngine = createCompiledEngine,
): Promise<Watched> {
  const checkpoints: Checkpoint[] = [];
  const progress: TrainingProgress[] = [];
  const bestEpochs: number[] = [];
  const hits: Uint8Array[] = [];
  const outcome = await runTrial(
    {
      config,
      input: CIFAR10_INPUT,
      seed: 7,
      images,
      training,
      validation,
      onProgress: (event) => progress.push(event),
      onAlive: () => {},
      onEpoch: async (checkpoint, isBest, ofEpoch) => {
        checkpoints.push(checkpoint);
        hits.push(ofEpoch);
        if (isBest) bestEpochs.push(checkpoint.epoch);
      },
      signal: new AbortController().signal,
      ...changes,
    },
    createEngine,
  );
  return { ...outcome, checkpoints, progress, bestEpochs, hits };
}

/** An engine that calls back after its step of this number. */
function stopAfter(steps: number, callBack: () => void): CreateTrainingEngine {
  return (request) => {
    const engine = createCompiledEngine(request);
    let done = 0;
    return {
      ...engine,
      train(batch, settings) {
        engine.train(batch, settings);
        if (++done === steps) callBack();
      },
    };
  };
}

/** Everything that doesn't depend on the clock. */
function metrics(lines: EpochLine[]): Omit<EpochLine, 'seconds'>[] {
  return lines.map(({ seconds: _, ...line }) => line);
}

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

describe('resuming', () => {
  const stored = (tensors: Checkpoint['weights']) => decodeSafetensors(encodeSafetensors(tensors)).tensors;
  const digest = ({ weights, optimizer, best }: Checkpoint) => ({
    weights: tensorsDigest(weights),
    optimizer: tensorsDigest(optimizer),
    best: best && [best.epoch, tensorsDigest(best.weights), best.validationProbabilities],
  });

  // determinism.test.ts resumes trials of every kind of network with every optimizer.

  test.each<[string, TrainingConfig]>([
    [
      'SGD over convolutions with dropout, flips and a partial batch',
      configOf(conv([[6, 3, 1]], 20, 16), {
        epochs: 4,
        dropout: 0.2,
        validationFlip: true,
        learningRate: 0.05,
      }),
    ],
    ['Adagrad', configOf(dense(24), { epochs: 4, activation: 'elu', optimizer: { kind: 'adagrad' } })],
    [
      'Adadelta with a schedule',
      configOf(dense(24), {
        epochs: 4,
        activation: 'leakyRelu',
        optimizer: { kind: 'adadelta' },
        schedule: { kind: 'exponential', gamma: 0.9 },
      }),
    ],
  ])('%s: the same, bit for bit, as without the interruption', async (_what, config) => {
    const uninterrupted = await train(config);
    const last = digest(uninterrupted.checkpoints.at(-1)!);
    for (const checkpoint of uninterrupted.checkpoints.slice(0, -1)) {
      const resumed = await train(config, {
        resumeFrom: {
          ...checkpoint,
          weights: stored(checkpoint.weights),
          optimizer: stored(checkpoint.optimizer),
        },
      });
      expect(resumed.checkpoints.length).toBe(4 - checkpoint.epoch);
      expect(metrics(resumed.lines)).toEqual(metrics(uninterrupted.lines));
      expect(resumed.scoreInTrainingMode).toBe(uninterrupted.scoreInTrainingMode);
      expect(digest(resumed.checkpoints.at(-1)!)).toEqual(last);
      expect(resumed.best).toBe(resumed.checkpoints.at(-1)?.best);
    }
  });

  test('keeps an earlier best epoch, and does not train a finished trial', async () => {
    const config = configOf(dense(16), { epochs: 2 });
    const { checkpoints } = await train(config);
    const [, last] = checkpoints as [Checkpoint, Checkpoint];
    const unbeatable: EpochLine = { ...(last.lines[0] as EpochLine), val_accuracy: 100 };
    const best = { ...last.best!, epoch: 1 };
    const resumeFrom = { ...last, lines: [unbeatable, last.lines[1] as EpochLine], best };

    const finished = await train(config, { resumeFrom });
    expect(finished.checkpoints).toEqual([]);
    expect(finished.outcome).toBe('completed');
    expect(finished.best).toBe(best);

    const longer = await train(withEpochs(config, 3), { resumeFrom });
    expect(longer.checkpoints.map(({ epoch }) => epoch)).toEqual([3]);
    expect(longer.bestEpochs).toEqual([]);
    expect(longer.best).toBe(best);
    expect(longer.checkpoints[0]?.best).toBe(best);
  });

  test.each<[string, TrainingConfig]>([
    ['a dense network', configOf(dense(24), { epochs: 2, dropout: 0.3, optimizer: { kind: 'adadelta' } })],
    ['a convolutional network', configOf(conv([[6, 3, 1]], 20), { epochs: 2, dropout: 0.3 })],
    ['a ResNet', configOf(tinyResnet, { epochs: 2, dropout: 0.3, optimizer: { kind: 'adagrad' } })],
  ])('%s with dropout and flips resumes between any two steps, bit for bit', async (_what, changes) => {
    // Four steps an epoch, the last one partial.
    const config = { ...changes, batchSize: 64, validationFlip: true };
    const within: Checkpoint[] = [];
    const take = async (checkpoint: Checkpoint) => void within.push(checkpoint);
    const uninterrupted = await train(config);
    const watched = await train(config, { withinEpochs: { isDue: () => true, take } });
    const last = digest(uninterrupted.checkpoints.at(-1)!);
    // Taking checkpoints changes nothing.
    expect(digest(watched.checkpoints.at(-1)!)).toEqual(last);
    expect(within.map(({ step, epoch }) => [step, epoch])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [5, 1],
      [6, 1],
      [7, 1],
    ]);
    expect(within[0]).not.toHaveProperty('best');
    for (const checkpoint of within) {
      const resumed = await train(config, {
        resumeFrom: {
          ...checkpoint,
          within: JSON.parse(JSON.stringify(checkpoint.within)),
          weights: stored(checkpoint.weights),
          optimizer: stored(checkpoint.optimizer),
        },
      });
      expect(metrics(resumed.lines)).toEqual(metrics(uninterrupted.lines));
      expect(resumed.scoreInTrainingMode).toBe(uninterrupted.scoreInTrainingMode);
      expect(digest(resumed.checkpoints.at(-1)!)).toEqual(last);
    }
  });

  test.each([
    ['between two steps', 2],
    ['before the validation', 4],
  ])(
    'a trial that is stopped %s hands over where it stands, and resumes from there, bit for bit',
    async (_when, steps) => {
      const config = configOf(dense(24), { epochs: 2, dropout: 0.3, batchSize: 64 });
      const uninterrupted = await train(config);
      const stop = new AbortController();
      const stopped: Checkpoint[] = [];
      const first = train(
        config,
        {
          onStopped: async (checkpoint) => void stopped.push(checkpoint),
          signal: stop.signal,
        },
        stopAfter(4 + steps, () => stop.abort(new Error('enough'))),
      );
      await expect(first).rejects.toThrow('enough');
      expect(stopped).toMatchObject([{ epoch: 1, step: 4 + steps }]);
      const resumed = await train(config, { resumeFrom: stopped[0] as Checkpoint });
      expect(metrics(resumed.lines)).toEqual(metrics(uninterrupted.lines));
      expect(digest(resumed.checkpoints.at(-1)!)).toEqual(digest(uninterrupted.checkpoints.at(-1)!));
      expect(resumed.lines[1]?.seconds).toBeGreaterThan(stopped[0]?.within?.seconds as number);
    },
  );

  test('no checkpoint within an epoch has sums that are not finite', async () => {
    const config = configOf(dense(64, 64), { epochs: 3, learningRate: 100, activation: 'leakyRelu' });
    const sums: number[] = [];
    const take = async ({ within }: Checkpoint) => void sums.push(within?.sums.loss ?? Number.NaN);
    const { outcome } = await train(config, { withinEpochs: { isDue: () => true, take } });
    expect(outcome).toBe('diverged');
    expect(sums.every(Number.isFinite)).toBe(true);
  });

  test('refuses a checkpoint of another network or optimizer', async () => {
    const config = configOf(dense(16), { epochs: 2 });
    const [resumeFrom] = (await train(config)).checkpoints as [Checkpoint];
    const before = tf.memory().numTensors;
    const wider = train({ ...config, network: dense(17) }, { resumeFrom });
    await expect(wider).rejects.toThrow(CheckpointMismatchError);
    await expect(wider).rejects.toThrow(
      /weights: expected layers\.0\.weight of shape \[3072, 17\], got \[3072, 16\]/,
    );
    const other = train({ ...config, optimizer: { kind: 'adagrad' } }, { resumeFrom });
    await expect(other).rejects.toThrow(/optimizer: expected layers\.0\.weight\.sum .* got no such tensor/);
    expect(tf.memory().numTensors).toBe(before);
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
