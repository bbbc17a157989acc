import type { EpochLine } from '../../study/trial/trial.ts';
import type { MetricSums } from '../compile/engine.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';

/** The state of a trial at the end of an epoch, or between two steps: everything that resuming from there needs. */
export interface Checkpoint {
  /** The last finished epoch, from 1; 0 if none has finished. */
  epoch: number;
  /** Steps since the trial's start. */
  step: number;
  /** Of all finished epochs. */
  lines: EpochLine[];
  weights: NamedTensors;
  /** The optimizer's tensors: `PARAMETER.SLOT`. */
  optimizer: NamedTensors;
  /** Absent if no epoch has finished. */
  best?: BestEpoch;
  /** The part of the next epoch that has been trained; absent at the end of an epoch. */
  within?: StartedEpoch;
}

/** An epoch that has begun. `Checkpoint.step` says how many of its steps are done: from 1 to all of them. */
export interface StartedEpoch {
  /** Over its images so far, as the device has summed them: float32. */
  sums: MetricSums;
  /** Wall time so far. */
  seconds: number;
}

/** The epoch that determines the trial's score. */
export interface BestEpoch {
  epoch: number;
  weights: NamedTensors;
  /** Of each class, validation images × classes, in the order of the validation indices. */
  validationProbabilities: Float32Array;
}

/** Tensors that belong to another network or optimizer. */
export class CheckpointMismatchError extends Error {
  override name = 'CheckpointMismatchError';
}

/**
 * Checks that stored tensors are exactly those of a network or optimizer.
 *
 * @param what names them in the message.
 * @throws {CheckpointMismatchError} for the first tensor that is missing, has another shape, or is unknown.
 */
export function checkTensors(
  what: string,
  tensors: NamedTensors,
  expected: readonly { name: string; shape: number[] }[],
): void {
  for (const { name, shape } of expected) {
    const got = tensors.get(name);
    if (!got || got.shape.join() !== shape.join()) {
      throw new CheckpointMismatchError(
        `${what}: expected ${name} of shape [${shape.join(', ')}], got ` +
          `${got ? `[${got.shape.join(', ')}]` : 'no such tensor'}; they belong to another configuration`,
      );
    }
  }
  const names = new Set(expected.map(({ name }) => name));
  for (const name of tensors.keys()) {
    if (!names.has(name)) {
      throw new CheckpointMismatchError(
        `${what}: got the tensor ${name}, which this network and optimizer don't have; ` +
          'they belong to another configuration',
      );
    }
  }
}
