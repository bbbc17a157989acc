import type { TrainingConfig } from '../../study/definition/training-config.ts';

/** What a program of either side is asked to train, as JSON in its first argument. */
export interface Job {
  /** It holds `train.bin`, CIFAR-10's training records, and `split.json`, indices of `training` and `validation`. */
  folder: string;
  config: TrainingConfig;
  seed: number;
}

/** A line of what such a program prints. */
export type Printed = { epoch: EpochResult } | { ranOn: string };

/** On the validation images, after an epoch. */
export interface EpochResult {
  /** Mean over the images, nats. */
  loss: number;
  /** Percent. */
  accuracy: number;
}
