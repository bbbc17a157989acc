import type { BlobRef } from '../../storage/blobs.ts';
import type { TrialResult } from '../../storage/trials/trials.ts';
import { defaultSettings } from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { type EpochLine, NUMERICS, type TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';

export function exampleSpec(seed = 1): TrialSpec {
  return {
    config: {
      ...asTrained({ ...defaultSettings, epochs: 3 }, { epochDivisor: 1 }),
      network: { kind: 'dense', hidden: [32] },
    },
    data: { dataset: 'a'.repeat(64), trainImages: 100, validationFraction: 0.2, splitSeed: 1 },
    seed,
    repetition: 0,
    initialWeights: 'scratch',
    numerics: NUMERICS,
  };
}

export function exampleLine(epoch: number): EpochLine {
  return {
    epoch,
    train_loss: 2 / epoch,
    train_accuracy: 10 * epoch,
    val_loss: 2.1 / epoch,
    val_accuracy: 9 * epoch,
    learning_rate: 0.02,
    seconds: 1.5,
  };
}

export function exampleResult(blobs: { weights: BlobRef; predictions: BlobRef }, term = 1): TrialResult {
  const spec = exampleSpec();
  return {
    format: 1,
    trialKey: trialKey(spec),
    spec,
    holder: 'default study/stage/trial run 1',
    outcome: 'completed',
    score: 27,
    scoreInTrainingMode: null,
    bestEpoch: 3,
    lines: [1, 2, 3].map(exampleLine),
    parameters: 98_666,
    tensorsSha256: 'e'.repeat(64),
    ...blobs,
    hits: null,
    environment: { tensorflow: '2.21.0', node: '20.20.2' },
    term,
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:05.000Z',
    trainingSeconds: 4.5,
  };
}
