import { describe, expect, test } from 'vitest';
import type { TrainingConfig } from '../../../study/definition/training-config.ts';
import type { EpochLine } from '../../../study/trial/trial.ts';
import { type Checkpoint, CheckpointMismatchError } from '../../../training/checkpoint/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../training/checkpoint/safetensors.ts';
import { tensorsDigest } from '../../../training/checkpoint/tensors-digest.ts';
import { tf } from '../../../training/tensorflow/tensorflow.ts';
import { configOf, conv, dense, tinyResnet, withEpochs } from '../configs.ts';
import { metrics, stopAfter, train } from './watched-trial.ts';

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
