import type { Batch } from './batches.ts';
import { slotName, type TrainingState } from './loop/state.ts';
import { crossEntropy } from './networks/loss.ts';
import type { ForwardPass, NetworkFunction } from './networks/network.ts';
import type { UpdateRule } from './optimizers/optimizer.ts';
import { type DeviceTensors, type Scalar, type Tensor, type Tensor1D, tf } from './tensorflow/tensorflow.ts';

/** What a step is given besides its state. */
export interface StepInputs {
  batch: Batch;
  learningRate: Scalar;
  /** int32 [trial, step]. */
  dropoutSeed: Tensor1D;
}

/** What a batch says about the network. */
export type BatchGradients = {
  /** Of the batch's mean loss, by parameter. */
  gradients: DeviceTensors;
  /** What the network's buffers become. */
  buffers: DeviceTensors;
  /** Sum over the images, nats. */
  lossSum: Scalar;
  /** Images classified correctly. */
  correct: Scalar;
};

/** Loss and gradients of a batch. Reads no value and changes nothing in place, so that it can be recorded. */
export function batchGradients(
  network: NetworkFunction,
  weights: DeviceTensors,
  { x, labels }: Batch,
  dropoutSeed: Tensor1D,
): BatchGradients {
  return tf.tidy(() => {
    const names = network.parameters.map(({ name }) => name);
    let pass: ForwardPass | undefined;
    const lossesOf = (...parameters: Tensor[]): Tensor1D => {
      const named = Object.fromEntries(names.map((name, index) => [name, parameters[index] as Tensor]));
      pass = network.forward({ ...weights, ...named }, x, { training: true, dropoutSeed });
      for (const tensor of [pass.logits, ...Object.values(pass.buffers)]) tf.keep(tensor);
      return crossEntropy(pass.logits, labels);
    };
    const current = names.map((name) => weights[name] as Tensor);
    const { value: losses, grads } = tf.valueAndGrads(lossesOf)(current, shares(labels));

    const { logits, buffers } = pass as ForwardPass;
    const predicted = tf.argMax(logits, 1);
    const correct = tf.sum(tf.cast(tf.equal(predicted, labels), 'float32')) as Scalar;
    logits.dispose();
    return {
      gradients: Object.fromEntries(names.map((name, index) => [name, grads[index] as Tensor])),
      buffers,
      lossSum: tf.sum(losses) as Scalar,
      correct,
    };
  });
}

/**
 * One training step: the batch's gradients, the update, and the next buffers. Changes nothing in place; the caller
 * disposes of the state it replaces.
 */
export function trainingStep(
  network: NetworkFunction,
  rule: UpdateRule,
  state: TrainingState,
  { batch, learningRate, dropoutSeed }: StepInputs,
): TrainingState {
  return tf.tidy(() => {
    const result = batchGradients(network, state.weights, batch, dropoutSeed);
    const next: TrainingState = {
      weights: {},
      slots: {},
      lossSum: tf.add(state.lossSum, result.lossSum),
      correct: tf.add(state.correct, result.correct),
    };
    for (const { name } of network.parameters) {
      const slotNames = rule.slots.map((slot) => slotName(name, slot));
      const slots = slotNames.map((slot) => state.slots[slot] as Tensor);
      const gradient = result.gradients[name] as Tensor;
      const updated = rule.update(state.weights[name] as Tensor, gradient, slots, learningRate);
      next.weights[name] = updated.parameter;
      for (const [at, slot] of slotNames.entries()) next.slots[slot] = updated.slots[at] as Tensor;
    }
    Object.assign(next.weights, result.buffers);
    return next;
  });
}

// --- helpers ---

/**
 * 1/images for each image: what its loss counts in the mean. By operations alone, since a recorded step is used with
 * other numbers of images than the one it was recorded with.
 */
function shares(labels: Tensor1D): Tensor1D {
  const ones = tf.onesLike(tf.cast(labels, 'float32'));
  return tf.div(ones, tf.sum(ones));
}
