import { type DeviceTensors, type Scalar, type Tensor, type Tensor1D, tf } from '../tensorflow/tensorflow.ts';
import { crossEntropy } from './loss.ts';
import type { Batch, ForwardPass, NetworkFunction } from './network-function.ts';

/** What one batch gives a training step. */
export type BatchGradients = {
  /** Of the batch's mean loss, by parameter. */
  gradients: DeviceTensors;
  /** New values of the network's buffers. */
  buffers: DeviceTensors;
  /** Sum over the images, nats. */
  lossSum: Scalar;
  /** Number of images classified correctly. */
  correct: Scalar;
};

/**
 * Loss and gradients of a batch. Reads no value and changes nothing in place, so that it can be traced.
 *
 * @param labelSmoothing see `crossEntropy`.
 */
export function batchGradients(
  network: NetworkFunction,
  weights: DeviceTensors,
  { x, labels }: Batch,
  dropoutSeed: Tensor1D,
  labelSmoothing = 0,
): BatchGradients {
  return tf.tidy(() => {
    const names = network.parameters.map(({ name }) => name);
    let pass: ForwardPass | undefined;
    const lossesOf = (...parameters: Tensor[]): Tensor1D => {
      const named = Object.fromEntries(names.map((name, index) => [name, parameters[index] as Tensor]));
      pass = network.forward({ ...weights, ...named }, x, { training: true, dropoutSeed });
      for (const tensor of [pass.logits, ...Object.values(pass.buffers)]) tf.keep(tensor);
      return crossEntropy(pass.logits, labels, labelSmoothing);
    };
    const current = names.map((name) => weights[name] as Tensor);
    const { value: losses, grads } = tf.valueAndGrads(lossesOf)(current, meanShares(labels));

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

// --- helpers ---

/**
 * Each image's share of the batch's mean: 1/images. Computed by operations, because a traced step also runs with other
 * numbers of images than it was traced with.
 */
function meanShares(labels: Tensor1D): Tensor1D {
  const ones = tf.onesLike(tf.cast(labels, 'float32'));
  return tf.div(ones, tf.sum(ones));
}
