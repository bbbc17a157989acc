const PROGRESS_EVERY_MS = 1000;
/** Steps of the last half minute count most, because the machine's other load changes. */
const MEMORY_SECONDS = 30;
/** Evaluating an image takes about this share of the time of training on it: no gradients, no update. */
const EVALUATION_SHARE = 1 / 3;

/** How far a trial's training is. */
export interface TrainingProgress {
  /** The current epoch, from 1. */
  epoch: number;
  epochs: number;
  /** Steps done in this epoch. */
  step: number;
  stepsPerEpoch: number;
  /** Mean loss of an image in this epoch so far, in nats. */
  loss: number;
  /** Percent of the images in this epoch so far. */
  accuracy: number;
  imagesPerSecond: number;
  /** An estimate of the time until the last epoch ends. */
  secondsLeft: number;
}

export interface ProgressMeter {
  /** @param doneSteps steps of it that an earlier attempt has done. */
  startEpoch(epoch: number, doneSteps?: number): void;
  /** Whether a second has passed since the last measurement. */
  isDue(): boolean;
  /** Must be called for an epoch's last step: the time up to the next epoch counts as evaluation and storing. */
  progressAt(step: number, images: number, means: { loss: number; accuracy: number }): TrainingProgress;
}

/** @param validationShare validation images as a share of training images. */
export function createProgressMeter(trial: {
  epochs: number;
  stepsPerEpoch: number;
  validationShare: number;
}): ProgressMeter {
  const { epochs, stepsPerEpoch, validationShare } = trial;
  const perStep = createMean();
  const between = createMean();
  let epoch = 1;
  let steps = 0;
  let lastMeasured: number | undefined;

  return {
    startEpoch(next, doneSteps = 0) {
      const now = performance.now();
      if (lastMeasured !== undefined) between.add((now - lastMeasured) / 1000, 1);
      epoch = next;
      steps = doneSteps;
      lastMeasured = now;
    },
    isDue: () => performance.now() - (lastMeasured ?? 0) >= PROGRESS_EVERY_MS,
    progressAt(step, images, { loss, accuracy }) {
      const now = performance.now();
      perStep.add((now - (lastMeasured ?? now)) / 1000, step - steps);
      lastMeasured = now;
      steps = step;
      const secondsPerStep = perStep.value() ?? 0;
      const evaluation = secondsPerStep * stepsPerEpoch * validationShare * EVALUATION_SHARE;
      const epochsLeft = epochs - epoch;
      return {
        epoch,
        epochs,
        step,
        stepsPerEpoch,
        loss,
        accuracy,
        imagesPerSecond: images / step / secondsPerStep,
        secondsLeft:
          (stepsPerEpoch - step + epochsLeft * stepsPerEpoch) * secondsPerStep +
          (epochsLeft + 1) * (between.value() ?? evaluation),
      };
    },
  };
}

// --- helpers ---

/** Mean seconds of something, weighted to the latest measurements. Starts as a plain mean. */
function createMean() {
  let mean: number | undefined;
  let total = 0;
  return {
    /** `count` of them took `time` seconds together. */
    add(time: number, count: number): void {
      // If the clock didn't advance, speeds would be infinite.
      const seconds = Math.max(time, 1e-6);
      total += seconds;
      const weight = Math.max(seconds / total, 1 - Math.exp(-seconds / MEMORY_SECONDS));
      mean = mean === undefined ? seconds / count : mean + weight * (seconds / count - mean);
    },
    value: () => mean,
  };
}
