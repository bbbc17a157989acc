import type { TrainingConfig } from '../definition/training-config.ts';
import type { NamedConfig } from './plan.ts';

/** Starting a trainer, loading TensorFlow and images, and storing the result, on two processors. */
const OVERHEAD_SECONDS = 3;

/** How long a network takes, as measured. */
export interface StepCost {
  /** Of a training step of `batchSize` images. */
  trainMilliseconds: number;
  batchSize: number;
  evaluationMillisecondsPerImage: number;
}

/**
 * Seconds that trials take one after another.
 *
 * @param images how many are trained on and validated with.
 * @param costOf what was measured for a network.
 */
export function estimateSeconds(
  trials: readonly NamedConfig[],
  images: { training: number; validation: number },
  costOf: (network: TrainingConfig['network']) => StepCost,
): number {
  return trials.reduce((sum, { config }) => sum + trialSeconds(config, images, costOf(config.network)), 0);
}

// --- helpers ---

function trialSeconds(
  config: TrainingConfig,
  images: { training: number; validation: number },
  { trainMilliseconds, batchSize, evaluationMillisecondsPerImage }: StepCost,
): number {
  const training = (images.training / batchSize) * trainMilliseconds;
  const validation = images.validation * evaluationMillisecondsPerImage;
  return OVERHEAD_SECONDS + (config.epochs * (training + validation)) / 1000;
}
