import type { TrainingConfig } from '../../study/definition/training-config.ts';

/** What both programs train: JSON, in the file that their first argument names. */
export interface Job {
  /** The file of CIFAR-10's packed training images. */
  images: string;
  /** Indices of images, ascending. */
  training: number[];
  validation: number[];
  config: TrainingConfig;
  seed: number;
  /** A folder for what both sides start from. Ours writes it; see `writeStart`. */
  start: string;
}

/** A line of a program's output. `firstEpoch`: the mean training loss in each part of epoch 1; see `partEnds`. */
export type Printed = { epoch: EpochResult } | { firstEpoch: number[] } | { ranOn: string };

/** Results of an epoch. Losses are means over its images, nats. */
export interface EpochResult {
  /** Of the training images, each in its step. */
  trainLoss: number;
  /** Of the validation images. */
  loss: number;
  /** Of the validation images, percent. */
  accuracy: number;
}

/**
 * The steps, from 1, with which the parts of an epoch end. The first part is the first step; the others are tenths, the
 * first of them without that step.
 *
 * @param steps at least 20.
 */
export function partEnds(steps: number): number[] {
  return [1, ...Array.from({ length: TENTHS }, (_, tenth) => Math.floor(((tenth + 1) * steps) / TENTHS))];
}

// --- helpers ---

const TENTHS = 10;
