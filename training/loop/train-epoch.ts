import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { TrainingEngine } from '../compile/engine.ts';
import { learningRateAt } from '../optimizers/schedule.ts';
import type { Pauses } from './event-loop.ts';
import { drawFlips, shuffledOrder } from './order.ts';
import { checkFinite } from './outcomes.ts';
import type { ProgressMeter, TrainingProgress } from './progress.ts';

export interface EpochTraining {
  config: TrainingConfig;
  seed: number;
  engine: TrainingEngine;
  /** Indices of the training images. */
  training: Int32Array;
  pauses: Pauses;
  meter: ProgressMeter;
  onProgress(progress: TrainingProgress): void;
}

/** Means over an epoch's images, each measured in its step. */
export interface TrainedEpoch {
  /** Nats per image. */
  loss: number;
  /** Percent. */
  accuracy: number;
}

/**
 * Trains one epoch: every image once, in the epoch's own order. The last step takes the remaining images. The sums stay
 * on the device and are never reset within the epoch, so the times at which they are read don't affect the result.
 *
 * @param epoch from 1.
 * @throws {DivergedError} once a loss is NaN or infinite.
 * @throws the signal's reason once it is aborted.
 */
export async function trainEpoch(trial: EpochTraining, epoch: number): Promise<TrainedEpoch> {
  const { config, seed, engine, training, pauses, meter } = trial;
  const images = training.length;
  const steps = Math.ceil(images / config.batchSize);
  const order = shuffledOrder(training, seed, epoch);
  const probability = config.horizontalFlip;
  const flips = drawFlips({ count: images, probability, stream: 'training', seed, epoch });
  const learningRate = learningRateAt(config, epoch);
  engine.clearSums();
  meter.startEpoch(epoch);

  let means: TrainedEpoch = { loss: 0, accuracy: 0 };
  let lastRead = 0;
  for (let step = 1; step <= steps; step++) {
    await pauses.take();
    const start = (step - 1) * config.batchSize;
    const end = Math.min(start + config.batchSize, images);
    engine.train(
      { indices: order.subarray(start, end), flips: flips?.subarray(start, end) },
      { learningRate, dropoutSeed: [seed, stepSeed((epoch - 1) * steps + step)] },
    );

    if (step === steps || meter.isDue()) {
      const { loss, correct } = engine.sums();
      checkFinite(
        'train_loss',
        loss,
        `in epoch ${epoch}, between steps ${lastRead + 1} and ${step} of ${steps}`,
      );
      means = { loss: loss / end, accuracy: (100 * correct) / end };
      lastRead = step;
      trial.onProgress(meter.progressAt(step, end, means));
    }
  }
  return means;
}

// --- helpers ---

/** The step's dropout seed: 64 apart, one for each dropout layer, wrapped to int32. */
function stepSeed(step: number): number {
  return Math.imul(step, 64);
}
