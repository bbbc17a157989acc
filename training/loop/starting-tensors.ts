import { sizeOf } from '../../study/definition/network-shapes.ts';
import { type Checkpoint, checkTensors } from '../checkpoint/checkpoint.ts';
import { initialWeights } from '../networks/initial-weights.ts';
import { weightsOf } from '../networks/network.ts';
import type { NetworkFunction } from '../networks/network-function.ts';
import { slotsOf } from '../optimizers/slots.ts';
import type { UpdateRule } from '../optimizers/update-rule.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';

/**
 * The weights and optimizer slots that a trial starts with:
 *
 * 1. from its last checkpoint, if there is one;
 * 2. otherwise from the given weights, with the optimizer at rest;
 * 3. tensors that are not among the given weights are drawn from the seed.
 *
 * @throws {CheckpointMismatchError} if the checkpoint or the weights belong to another network or optimizer.
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
  return {
    weights,
    slots: new Map(slots.map(({ name, shape }) => [name, { shape, data: new Float32Array(sizeOf(shape)) }])),
  };
}
