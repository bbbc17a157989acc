import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { ImageForm } from '../augmentations/image-form.ts';
import type { EngineBatch, MetricSums, TrainingEngine } from '../compile/engine.ts';
import { learningRates } from '../optimizers/schedule.ts';
import { drawsInOrder } from './draws.ts';
import type { Pauses } from './event-loop.ts';
import { drawFlips, shuffledOrder } from './order.ts';
import { checkFinite } from './outcomes.ts';
import type { ProgressMeter, TrainingProgress } from './progress.ts';

export interface EpochTraining {
  config: TrainingConfig;
  seed: number;
  engine: TrainingEngine;
  /** Of the images; undefined for a table. */
  form: ImageForm | undefined;
  /** Indices of the training images. */
  training: Int32Array;
  pauses: Pauses;
  meter: ProgressMeter;
  onProgress(progress: TrainingProgress): void;
  /** Called after each step with the number of the epoch's steps that are done. */
  onStep?(steps: number): Promise<void> | undefined;
}

/** Means over an epoch's images, each measured in its step. */
export interface TrainedEpoch {
  /** Nats per image. */
  loss: number;
  /** Percent. */
  accuracy: number;
}

/** How much of an epoch is done. The engine has the weights and the optimizer's tensors of that time. */
export interface DoneSteps {
  /** From 1 to all of the epoch's steps. */
  steps: number;
  sums: MetricSums;
}

/**
 * Trains one epoch: every image once, in the epoch's own order. The last step takes the remaining images. The sums stay
 * on the device and are never reset within the epoch, so the times at which they are read don't affect the result.
 *
 * @param epoch from 1.
 * @param done what an earlier attempt has done of it. The rest gives the same, bit for bit, as without the interruption.
 * @throws {DivergedError} once a loss is NaN or infinite.
 * @throws the signal's reason once it is aborted, and everything that `onStep` throws.
 */
export async function trainEpoch(
  trial: EpochTraining,
  epoch: number,
  done?: DoneSteps,
): Promise<TrainedEpoch> {
  const { config, seed, engine, training, pauses, meter } = trial;
  const images = training.length;
  const steps = Math.ceil(images / config.batchSize);
  const order = shuffledOrder(training, seed, epoch);
  const probability = config.horizontalFlip;
  const flips = drawFlips({ count: images, probability, stream: 'training', seed, epoch });
  const learningRate = learningRates(config, epoch, steps);
  const draws = drawsInOrder(config, trial.form, { training, order, seed, epoch });
  if (done) engine.setSums(done.sums);
  else engine.clearSums();
  const before = done?.steps ?? 0;
  meter.startEpoch(epoch, before);

  let lastRead = before;
  const meansAt = (step: number): TrainedEpoch => {
    const end = Math.min(step * config.batchSize, images);
    const { loss, correct } = engine.sums();
    checkFinite(
      'train_loss',
      loss,
      `in epoch ${epoch}, between steps ${lastRead + 1} and ${step} of ${steps}`,
    );
    lastRead = step;
    const means = { loss: loss / end, accuracy: (100 * correct) / end };
    if (step > before) trial.onProgress(meter.progressAt(step, end, means));
    return means;
  };
  const batchOf = (step: number): EngineBatch => {
    const start = (step - 1) * config.batchSize;
    const end = Math.min(start + config.batchSize, images);
    return {
      indices: order.subarray(start, end),
      flips: flips?.subarray(start, end),
      ...(draws && { draws: rows(draws, start, end, images) }),
    };
  };
  let next = batchOf(before + 1);
  for (let step = before + 1; step <= steps; step++) {
    await pauses.take();
    const batch = next;
    await engine.fetch(batch);
    next = batchOf(step + 1);
    // An error shows when the batch's turn has come.
    if (step < steps) engine.fetch(next).catch(() => {});
    const stepOfTrial = (epoch - 1) * steps + step;
    engine.train(batch, {
      learningRate: learningRate(step),
      step: stepOfTrial,
      dropoutSeed: [seed, stepSeed(stepOfTrial)],
    });
    await trial.onStep?.(step);
    if (step < steps && meter.isDue()) meansAt(step);
  }
  return meansAt(steps);
}

// --- helpers ---

/** Rows of a matrix that has `count` of them. */
function rows(matrix: Float32Array, start: number, end: number, count: number): Float32Array {
  const width = matrix.length / count;
  return matrix.subarray(start * width, end * width);
}

/** The step's dropout seed: 64 apart, one for each dropout layer, wrapped to int32. */
function stepSeed(step: number): number {
  return Math.imul(step, 64);
}
