import { type Checkpoint, checkTensors } from '../checkpoint/checkpoint.ts';
import { initialWeights } from '../networks/initial-weights.ts';
import { type NetworkFunction, weightsOf } from '../networks/network.ts';
import type { UpdateRule } from '../optimizers/optimizer.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import type { DeviceTensors, Scalar } from '../tensorflow/tensorflow.ts';

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

/** The optimizer's tensors for a network. */
export function slotsOf(network: NetworkFunction, rule: UpdateRule): { name: string; shape: number[] }[] {
  return network.parameters.flatMap(({ name, shape }) =>
    rule.slots.map((slot) => ({ name: slotName(name, slot), shape })),
  );
}

/**
 * What a trial starts from: a checkpoint's weights and optimizer, or initial weights and an optimizer at rest. Initial
 * weights are those given, and the seed's where none is.
 *
 * @throws CheckpointMismatchError for a checkpoint or weights of another network or optimizer.
 */
export function startingTensors(
  network: NetworkFunction,
  rule: UpdateRule,
  seed: number,
  { startFrom = new Map(), resumeFrom }: { startFrom?: NamedTensors; resumeFrom?: Checkpoint } = {},
): { weights: NamedTensors; slots: NamedTensors } {
  const slots = slotsOf(network, rule);
  if (resumeFrom) {
    checkTensors('checkpoint weights', resumeFrom.weights, weightsOf(network));
    checkTensors('checkpoint optimizer', resumeFrom.optimizer, slots);
    return { weights: resumeFrom.weights, slots: resumeFrom.optimizer };
  }
  const drawn = weightsOf(network).filter(({ name }) => !startFrom.has(name));
  const weights = new Map([...startFrom, ...initialWeights(drawn, seed)]);
  checkTensors('initial weights', weights, weightsOf(network));
  const zeros = (shape: number[]) => new Float32Array(shape.reduce((total, size) => total * size, 1));
  return { weights, slots: new Map(slots.map(({ name, shape }) => [name, { shape, data: zeros(shape) }])) };
}
