/**
 * Reference: one training step as a function of tensors. Nothing here runs in training; the compiled engine is checked
 * against it.
 */
import { augmented } from '../../training/augmentations/augmentations.ts';
import type { StepConfig } from '../../training/compile/engine.ts';
import type { StepParts } from '../../training/compile/training-part.ts';
import { batchGradients } from '../../training/networks/gradients.ts';
import type { Batch, NetworkFunction } from '../../training/networks/network-function.ts';
import { createUpdateRule } from '../../training/optimizers/optimizer.ts';
import { slotName } from '../../training/optimizers/slots.ts';
import {
  type DeviceTensors,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from '../../training/tensorflow/tensorflow.ts';
import { updateFormula } from './update-formulas.ts';

/** Everything that a training step changes. */
export type TrainingState = {
  /** The network's parameters and buffers. */
  weights: DeviceTensors;
  /** The optimizer's tensors, named by `slotName`. */
  slots: DeviceTensors;
  /** Sum over the images, nats. */
  lossSum: Scalar;
  /** Number of images classified correctly. */
  correct: Scalar;
};

/** A step's inputs besides its state. */
export interface StepInputs {
  batch: Batch;
  learningRate: Scalar;
  /** Of the trial, from 1. */
  step: number;
  /** int32 [trial, step]. */
  dropoutSeed: Tensor1D;
  /** [batch, draws]; absent without augmentations. */
  draws?: Tensor2D;
}

/**
 * One training step: the batch's gradients, the update, and the new buffers. Changes nothing in place. The caller
 * disposes of the state that it replaces.
 */
export function trainingStep(
  network: NetworkFunction,
  { optimizer, labelSmoothing, clipNorm = 0, augmentations = [], form }: StepConfig & Pick<StepParts, 'form'>,
  state: TrainingState,
  { batch: { x, labels }, learningRate, step, dropoutSeed, draws }: StepInputs,
): TrainingState {
  const update = updateFormula(optimizer);
  const rule = createUpdateRule(optimizer);
  return tf.tidy(() => {
    const batch = { x: draws && form ? augmented(augmentations, x as Tensor4D, draws, form) : x, labels };
    const result = batchGradients(network, state.weights, batch, dropoutSeed, labelSmoothing);
    const gradients = clipNorm > 0 ? clipped(result.gradients, clipNorm) : result.gradients;
    const next: TrainingState = {
      weights: {},
      slots: {},
      lossSum: tf.add(state.lossSum, result.lossSum),
      correct: tf.add(state.correct, result.correct),
    };
    for (const { name } of network.parameters) {
      const slotNames = rule.slots.map((slot) => slotName(name, slot));
      const slots = slotNames.map((slot) => state.slots[slot] as Tensor);
      const gradient = gradients[name] as Tensor;
      const updated = update(state.weights[name] as Tensor, gradient, slots, learningRate, step);
      next.weights[name] = updated.parameter;
      for (const [at, slot] of slotNames.entries()) next.slots[slot] = updated.slots[at] as Tensor;
    }
    Object.assign(next.weights, result.buffers);
    return next;
  });
}

// --- helpers ---

/** g ← g · min(1, largest / (norm + 1e-6)), where the norm is of all gradients together. */
function clipped(gradients: DeviceTensors, largest: number): DeviceTensors {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  const factor = tf.minimum(1, tf.div(largest, tf.add(norm, 1e-6)));
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
  );
}
