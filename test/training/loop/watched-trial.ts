/** Trials that are trained in this process and watched. */
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../../study/definition/training-config.ts';
import type { EpochLine } from '../../../study/trial/trial.ts';
import type { Checkpoint } from '../../../training/checkpoint/checkpoint.ts';
import { createCompiledEngine } from '../../../training/compile/compiled-engine.ts';
import type { CreateTrainingEngine } from '../../../training/compile/engine.ts';
import type { TrainingProgress } from '../../../training/loop/progress.ts';
import { runTrial, type TrialOutcome, type TrialRequest } from '../../../training/loop/run-trial.ts';
import { easyImages, range } from '../easy-images.ts';

export const images = easyImages(300);
export const training = range(0, 230);
export const validation = range(230, 300);

export interface Watched extends TrialOutcome {
  checkpoints: Checkpoint[];
  progress: TrainingProgress[];
  bestEpochs: number[];
  hits: Uint8Array[];
}

/** Trains without a store. */
export async function train(
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
export function stopAfter(steps: number, callBack: () => void): CreateTrainingEngine {
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
export function metrics(lines: EpochLine[]): Omit<EpochLine, 'seconds'>[] {
  return lines.map(({ seconds: _, ...line }) => line);
}
