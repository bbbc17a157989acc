import type { TrainingProgress } from './messages.ts';

const REPORT_EVERY_MS = 1000;

/** When to report, and how fast training goes. */
export interface ProgressMeter {
  startEpoch(epoch: number): void;
  /** Whether a second has passed since the last report. */
  isDue(): boolean;
  report(step: number, images: number, sums: { loss: number; accuracy: number }): TrainingProgress;
  /** Tells how long an evaluation took, for the estimate. */
  evaluated(seconds: number): void;
}

export function createProgressMeter(epochs: number, stepsPerEpoch: number): ProgressMeter {
  let epoch = 1;
  let epochStarted = 0;
  let lastReport = 0;
  let evaluationSeconds = 0;
  return {
    startEpoch(next) {
      epoch = next;
      epochStarted = performance.now();
      lastReport = epochStarted;
    },
    isDue: () => performance.now() - lastReport >= REPORT_EVERY_MS,
    report(step, images, { loss, accuracy }) {
      lastReport = performance.now();
      const seconds = (lastReport - epochStarted) / 1000;
      const epochsLeft = epochs - epoch;
      const stepsLeft = stepsPerEpoch - step + epochsLeft * stepsPerEpoch;
      return {
        epoch,
        epochs,
        step,
        stepsPerEpoch,
        loss,
        accuracy,
        imagesPerSecond: images / seconds,
        secondsLeft: (stepsLeft * seconds) / step + (epochsLeft + 1) * evaluationSeconds,
      };
    },
    evaluated(seconds) {
      evaluationSeconds = seconds;
    },
  };
}
