import { inputOfTrial } from '../definition/input-form.ts';
import { networkShapes } from '../definition/network-shapes.ts';
import { heldOutImages, type TrialSpec } from '../trial/trial.ts';

/**
 * How much work a trial is, in multiply-adds: comparable between trials, not a time. Evaluation is left out.
 *
 * On two cores, steps of all networks of `cifar10` take about as long as this says: a ResNet-50's 8 billion multiply-adds
 * for 32 images 264 ms, `simple_cnn`'s 600 million 17 ms, and the constant is what `default_conv`'s 5 ms have above its
 * 60 million.
 */
export function trialWork({ config, data }: Pick<TrialSpec, 'config' | 'data'>): number {
  const images = data.trainImages - heldOutImages(data.trainImages, data.validationFraction);
  const steps = Math.ceil(images / config.batchSize);
  const { multiplyAdds } = networkShapes(config.network, inputOfTrial(data));
  return config.epochs * (images * PASSES * multiplyAdds + steps * STEP_OVERHEAD);
}

/** The trials with the most work first; equal ones keep their order. So the last trials to end are short ones. */
export function longestFirst<T extends { spec: Pick<TrialSpec, 'config' | 'data'> }>(
  trials: readonly T[],
): T[] {
  const withWork = trials.map((trial) => ({ trial, work: trialWork(trial.spec) }));
  return withWork.sort((a, b) => b.work - a.work).map(({ trial }) => trial);
}

// --- helpers ---

/** One forward pass; the backward pass is two of its size, for inputs and for weights. */
const PASSES = 3;
/** Of a step of any size: starting its operations, updating weights. */
const STEP_OVERHEAD = 100e6;
