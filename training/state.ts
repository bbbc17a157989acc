import { type Checkpoint, checkTensors } from './checkpoint/checkpoint.ts';
import { initialWeights } from './initial-weights.ts';
import { toDevice } from './named-tensors.ts';
import { type NetworkFunction, weightsOf } from './networks/network.ts';
import type { UpdateRule } from './optimizers/optimizer.ts';
import { type DeviceTensors, type Scalar, tf } from './tensorflow.ts';

/** Everything that a training step changes, on the device. */
export type TrainingState = {
  /** The network's parameters and buffers. */
  weights: DeviceTensors;
  /** The optimizer's tensors, named by `slotName`. */
  slots: DeviceTensors;
  /** Sum over the epoch's images so far, nats. */
  lossSum: Scalar;
  /** Images of the epoch so far that were classified correctly. */
  correct: Scalar;
};

export function slotName(parameter: string, slot: string): string {
  return `${parameter}.${slot}`;
}

/**
 * The state that a trial starts from: a checkpoint's, or initial weights of the seed and an optimizer at rest.
 *
 * @throws CheckpointMismatchError for a checkpoint of another network or optimizer.
 */
export function startingState(
  network: NetworkFunction,
  rule: UpdateRule,
  seed: number,
  checkpoint?: Checkpoint,
): TrainingState {
  const sums = { lossSum: tf.scalar(0), correct: tf.scalar(0) };
  const slots = network.parameters.flatMap(({ name, shape }) =>
    rule.slots.map((slot) => ({ name: slotName(name, slot), shape })),
  );
  if (checkpoint) {
    checkTensors('checkpoint weights', checkpoint.weights, weightsOf(network));
    checkTensors('checkpoint optimizer', checkpoint.optimizer, slots);
    return { weights: toDevice(checkpoint.weights), slots: toDevice(checkpoint.optimizer), ...sums };
  }
  return {
    weights: toDevice(initialWeights(weightsOf(network), seed)),
    slots: Object.fromEntries(slots.map(({ name, shape }) => [name, tf.zeros(shape)])),
    ...sums,
  };
}
