import type { Batch } from './batches.ts';
import { crossEntropy } from './loss.ts';
import type { ForwardPass, NetworkFunction } from './networks/network.ts';
import type { UpdateRule } from './optimizers/optimizer.ts';
import { slotName, type TrainingState } from './state.ts';
import { type Scalar, type Tensor, type Tensor1D, tf } from './tensorflow.ts';

/** What a step is given besides its state. */
export interface StepInputs {
  batch: Batch;
  learningRate: Scalar;
  /** int32 [trial, step]. */
  dropoutSeed: Tensor1D;
}

/**
 * One training step: the mean loss of the batch, its gradients, the update, and the network's next buffers. A function
 * of tensors that reads no value and changes nothing in place; the caller disposes of the state it replaces.
 */
export function trainingStep(
  network: NetworkFunction,
  rule: UpdateRule,
  state: TrainingState,
  { batch, learningRate, dropoutSeed }: StepInputs,
): TrainingState {
  return tf.tidy(() => {
    const names = network.parameters.map(({ name }) => name);
    const current = names.map((name) => state.weights[name] as Tensor);
    const images = batch.labels.shape[0];

    let pass: ForwardPass | undefined;
    const lossesOf = (...parameters: Tensor[]): Tensor1D => {
      const named = Object.fromEntries(names.map((name, index) => [name, parameters[index] as Tensor]));
      pass = network.forward({ ...state.weights, ...named }, batch.x, { training: true, dropoutSeed });
      for (const tensor of [pass.logits, ...Object.values(pass.buffers)]) tf.keep(tensor);
      return crossEntropy(pass.logits, batch.labels);
    };
    // Each image's loss counts 1/images: the gradients are those of the mean.
    const { value: losses, grads } = tf.valueAndGrads(lossesOf)(current, tf.fill([images], 1 / images));

    const { logits, buffers } = pass as ForwardPass;
    const predicted = tf.argMax(logits, 1);
    const hits = tf.sum(tf.cast(tf.equal(predicted, batch.labels), 'float32'));
    logits.dispose();

    const next: TrainingState = {
      weights: {},
      slots: {},
      lossSum: tf.add(state.lossSum, tf.sum(losses)),
      correct: tf.add(state.correct, hits),
    };
    for (const [index, name] of names.entries()) {
      const slotNames = rule.slots.map((slot) => slotName(name, slot));
      const slots = slotNames.map((slot) => state.slots[slot] as Tensor);
      const updated = rule.update(current[index] as Tensor, grads[index] as Tensor, slots, learningRate);
      next.weights[name] = updated.parameter;
      for (const [at, slot] of slotNames.entries()) next.slots[slot] = updated.slots[at] as Tensor;
    }
    Object.assign(next.weights, buffers);
    return next;
  });
}
