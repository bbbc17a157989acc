import type { TrainingConfig } from '../../study/definition/training-config.ts';

/** What a program of either side trains, as JSON in its first argument. */
export interface Job {
  /** It has `train.bin`, CIFAR-10's packed training images, and `split.json`, indices of `training` and `validation`. */
  folder: string;
  config: TrainingConfig;
  seed: number;
}

/** A line of a program's output. */
export type Printed = { epoch: EpochResult } | { ranOn: string };

/** Results on the validation images after an epoch. */
export interface EpochResult {
  /** Mean over the images, nats. */
  loss: number;
  /** Percent. */
  accuracy: number;
}
