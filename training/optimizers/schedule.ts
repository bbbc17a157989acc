import type { TrainingConfig } from '../../study/definition/training-config.ts';

/** The learning rate of an epoch, counted from 1. */
export function learningRateAt(config: TrainingConfig, epoch: number): number {
  let rate = config.learningRate;
  if (config.schedule.kind === 'constant') return rate;
  // As PyTorch's ExponentialLR does, and not with a power, whose last bit may differ between versions of Node.
  for (let past = 1; past < epoch; past++) rate *= config.schedule.gamma;
  return rate;
}
