/**
 * Trains a small network of each kind with each optimizer, with and without dropout, and others with a recipe of
 * augmentations and the like. Prints a digest of each trial's
 * results on a line of its own, to compare them between processes. With `--resume`, the line also has the digests of
 * trials that resume from the end of the first epoch and from within the second.
 */

import { createHash } from 'node:crypto';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { Settings, TrainingConfig } from '../../../study/definition/training-config.ts';
import type { Checkpoint } from '../../../training/checkpoint/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../training/checkpoint/safetensors.ts';
import { tensorsDigest } from '../../../training/checkpoint/tensors-digest.ts';
import { runTrial } from '../../../training/loop/run-trial.ts';
import type { NamedTensors } from '../../../training/tensorflow/named-tensors.ts';
import { configOf, conv, dense, normalisedConv, tinyBasicResnet, tinyResnet } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';

const networks = { dense: dense(100, 40), conv: conv([[16, 3, 1]], 32), resnet: tinyResnet };
const optimizers = [{ kind: 'sgd', momentum: 0.9 }, { kind: 'adagrad' }, { kind: 'adadelta' }] as const;
/** Everything else that a step may have. */
const recipe: Partial<Settings> = {
  optimizer: { kind: 'adamw', weightDecay: 0.1 },
  schedule: { kind: 'cosine' },
  warmUp: 1.5,
  clipNorm: 0.5,
  labelSmoothing: 0.1,
  augmentations: [
    { kind: 'crop', padding: 4 },
    { kind: 'brightness', amount: 0.4 },
    { kind: 'contrast', amount: 0.4 },
    { kind: 'cutout', size: 8 },
  ],
};
const images = easyImages(130);

const usual = Object.entries(networks).flatMap(([kind, network]) =>
  optimizers.flatMap((optimizer) =>
    [0, 0.2].map((dropout) => ({
      kind,
      network,
      what: `dropout-${dropout}`,
      settings: { optimizer, dropout },
    })),
  ),
);
const others = Object.entries({ ...networks, normalised: normalisedConv, basic: tinyBasicResnet }).map(
  ([kind, network]) => ({ kind, network, what: 'recipe', settings: recipe }),
);
for (const { kind, network, what, settings } of [...usual, ...others]) {
  const config = configOf(network, { epochs: 2, learningRate: 0.01, ...settings });
  const { digest, checkpoints } = await train(config);
  const resumed: string[] = [];
  for (const checkpoint of process.argv.includes('--resume') ? checkpoints.slice(0, -1) : []) {
    // The second of the second epoch's three steps. Others: see run-trial.test.ts.
    if (checkpoint.within && checkpoint.step !== 5) continue;
    resumed.push((await train(config, asStored(checkpoint))).digest);
  }
  console.log(kind, config.optimizer.kind, what, digest, ...resumed);
}

/** Digest of all metrics, the last weights, the best weights, and the optimizer's tensors. */
async function train(config: TrainingConfig, resumeFrom?: Checkpoint) {
  const checkpoints: Checkpoint[] = [];
  const { lines, scoreInTrainingMode } = await runTrial({
    config,
    input: CIFAR10_INPUT,
    seed: 3,
    images,
    // Two full batches and a partial one.
    training: range(0, 80),
    validation: range(80, 130),
    ...(resumeFrom && { resumeFrom }),
    onProgress: () => {},
    onAlive: () => {},
    onEpoch: async (checkpoint) => void checkpoints.push(checkpoint),
    withinEpochs: { isDue: () => true, take: async (checkpoint) => void checkpoints.push(checkpoint) },
    signal: new AbortController().signal,
  });
  const { weights, optimizer, best } = checkpoints.at(-1) as Checkpoint;
  const metrics = lines.map(({ seconds: _, ...line }) => line);
  const tensors = [weights, optimizer, best?.weights ?? new Map()].map(tensorsDigest);
  const all = JSON.stringify([metrics, scoreInTrainingMode, tensors]);
  return { digest: createHash('sha256').update(all).digest('hex').slice(0, 16), checkpoints };
}

function asStored({ weights, optimizer, best, ...rest }: Checkpoint): Checkpoint {
  const stored = (tensors: NamedTensors) => decodeSafetensors(encodeSafetensors(tensors)).tensors;
  return {
    ...rest,
    weights: stored(weights),
    optimizer: stored(optimizer),
    ...(best && { best: { ...best, weights: stored(best.weights) } }),
  };
}
