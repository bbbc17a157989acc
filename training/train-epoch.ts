import type { TrainingConfig } from '../study/training-config.ts';
import { type DeviceImages, takeBatch } from './batches.ts';
import type { Pauses } from './event-loop.ts';
import type { TrainingProgress } from './messages.ts';
import type { NetworkFunction } from './networks/network.ts';
import type { UpdateRule } from './optimizers/optimizer.ts';
import { learningRateAt } from './optimizers/schedule.ts';
import { drawFlips, shuffledOrder } from './order.ts';
import { checkFinite } from './outcomes.ts';
import type { ProgressMeter } from './progress.ts';
import type { TrainingState } from './state.ts';
import { trainingStep } from './step.ts';
import { tf } from './tensorflow.ts';

/** What a trial keeps on the device. A step replaces the state. */
export type OnDevice = {
  images: DeviceImages;
  state: TrainingState;
};

export interface EpochTraining {
  config: TrainingConfig;
  seed: number;
  network: NetworkFunction;
  rule: UpdateRule;
  device: OnDevice;
  /** Indices of the images trained on. */
  training: Int32Array;
  pauses: Pauses;
  meter: ProgressMeter;
  onProgress(progress: TrainingProgress): void;
}

/** Means over an epoch's images, each measured when its step was done. */
export interface TrainedEpoch {
  /** Nats an image. */
  loss: number;
  /** Percent. */
  accuracy: number;
}

/**
 * Trains one epoch: every image once, in an order of its own; the last step takes what is left. The sums stay on the
 * device and are never reset within the epoch, so that when they are read changes nothing.
 *
 * @param epoch from 1.
 * @throws DivergedError once a loss is NaN or infinite; the signal's reason once it is aborted.
 */
export async function trainEpoch(trial: EpochTraining, epoch: number): Promise<TrainedEpoch> {
  const { config, seed, network, rule, device, training, pauses, meter } = trial;
  const images = training.length;
  const steps = Math.ceil(images / config.batchSize);
  const order = shuffledOrder(training, seed, epoch);
  const flips = drawFlips(images, config.horizontalFlip, 'training', seed, epoch);
  const learningRate = tf.scalar(learningRateAt(config, epoch));
  tf.dispose([device.state.lossSum, device.state.correct]);
  device.state = { ...device.state, lossSum: tf.scalar(0), correct: tf.scalar(0) };
  meter.startEpoch(epoch);

  let means: TrainedEpoch = { loss: 0, accuracy: 0 };
  let lastRead = 0;
  try {
    for (let step = 1; step <= steps; step++) {
      await pauses.take();
      const start = (step - 1) * config.batchSize;
      const end = Math.min(start + config.batchSize, images);
      const batch = takeBatch(device.images, order.subarray(start, end), flips?.subarray(start, end));
      const dropoutSeed = tf.tensor1d([seed, stepSeed((epoch - 1) * steps + step)], 'int32');
      const before = device.state;
      device.state = trainingStep(network, rule, before, { batch, learningRate, dropoutSeed });
      tf.dispose([before, batch, dropoutSeed]);

      if (step === steps || meter.isDue()) {
        const lossSum = device.state.lossSum.dataSync()[0] as number;
        const correct = device.state.correct.dataSync()[0] as number;
        checkFinite(
          'train_loss',
          lossSum,
          `in epoch ${epoch}, between steps ${lastRead + 1} and ${step} of ${steps}`,
        );
        means = { loss: lossSum / end, accuracy: (100 * correct) / end };
        lastRead = step;
        trial.onProgress(meter.report(step, end, means));
      }
    }
  } finally {
    learningRate.dispose();
  }
  return means;
}

// --- helpers ---

/** The step's seed with room for 64 dropout layers, wrapped to int32. */
function stepSeed(step: number): number {
  return Math.imul(step, 64);
}
