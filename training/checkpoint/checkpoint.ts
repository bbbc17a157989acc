import type { EpochLine } from '../../study/trial/trial.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';

/** The state of a trial at an epoch's end: all that going on from there needs. */
export interface Checkpoint {
  /** The last epoch done, from 1. */
  epoch: number;
  /** Steps done since the trial's start. */
  step: number;
  /** Of all epochs done. */
  lines: EpochLine[];
  weights: NamedTensors;
  /** The optimizer's tensors: `PARAMETER.SLOT`. */
  optimizer: NamedTensors;
  best: BestEpoch;
}

/** The epoch that scores for the trial. */
export interface BestEpoch {
  epoch: number;
  weights: NamedTensors;
  /** Of each class, validation images × 10, in the order of the validation indices. */
  validationProbabilities: Float32Array;
}

/** Tensors that don't belong to the network or optimizer they are used with. */
export class CheckpointMismatchError extends Error {
  override name = 'CheckpointMismatchError';
}

/**
 * Checks that stored tensors are those which a network or optimizer has.
 *
 * @param what names them in the message.
 * @throws CheckpointMismatchError for the first that is missing, of another shape, or unknown.
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
