import type { TrainingConfig } from '../definition/training-config.ts';

/** Preparing, between two trials of one trainer, and storing the result. */
const OVERHEAD_SECONDS = 0.5;

/** How long a network takes, as measured. */
export interface StepCost {
  /** Of a training step of `batchSize` images. */
  trainMilliseconds: number;
  batchSize: number;
  evaluationMillisecondsPerImage: number;
}

/**
 * Seconds that a trial takes.
 *
 * @param images how many it is trained on and validated with.
 * @param cost what was measured for its network.
 */
export function trialSeconds(
  config: TrainingConfig,
  images: { training: number; validation: number },
  { trainMilliseconds, batchSize, evaluationMillisecondsPerImage }: StepCost,
): number {
  const training = (images.training / batchSize) * trainMilliseconds;
  const validation = images.validation * evaluationMillisecondsPerImage;
  return OVERHEAD_SECONDS + (config.epochs * (training + validation)) / 1000;
}
