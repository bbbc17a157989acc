const REPORT_EVERY_MS = 1000;
/** Steps of the last half minute count most: others come and go on the machine. */
const MEMORY_SECONDS = 30;
/** An image is evaluated in about so much of the time that it is trained in: no gradients, no update. */
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

/** When to report, how fast training goes, and how long it will take. */
export interface ProgressMeter {
  startEpoch(epoch: number): void;
  /** Whether a second has passed since the last report. */
  isDue(): boolean;
  /** An epoch's last step must be reported: what is between it and the next epoch is evaluation and storing. */
  report(step: number, images: number, sums: { loss: number; accuracy: number }): TrainingProgress;
}

/** @param validationShare images validated with, as a share of those trained on. */
export function createProgressMeter(run: {
  epochs: number;
  stepsPerEpoch: number;
  validationShare: number;
}): ProgressMeter {
  const { epochs, stepsPerEpoch, validationShare } = run;
  const perStep = createMean();
  const between = createMean();
  let epoch = 1;
  let steps = 0;
  let lastReport: number | undefined;

  return {
    startEpoch(next) {
      const now = performance.now();
      if (lastReport !== undefined) between.add((now - lastReport) / 1000, 1);
      epoch = next;
      steps = 0;
      lastReport = now;
    },
    isDue: () => performance.now() - (lastReport ?? 0) >= REPORT_EVERY_MS,
    report(step, images, { loss, accuracy }) {
      const now = performance.now();
      perStep.add((now - (lastReport ?? now)) / 1000, step - steps);
      lastReport = now;
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

/** Seconds a thing takes, by the last of them most: a plain mean at first, so that no single one counts for all. */
function createMean() {
  let mean: number | undefined;
  let total = 0;
  return {
    /** `count` of them took `seconds` together. */
    add(time: number, count: number): void {
      // A clock that stood still would make speeds infinite.
      const seconds = Math.max(time, 1e-6);
      total += seconds;
      const weight = Math.max(seconds / total, 1 - Math.exp(-seconds / MEMORY_SECONDS));
      mean = mean === undefined ? seconds / count : mean + weight * (seconds / count - mean);
    },
    value: () => mean,
  };
}
