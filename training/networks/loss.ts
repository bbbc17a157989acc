import {
  attribute,
  deterministicOps,
  runOpWithOutputs,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tf,
  withGradient,
} from '../tensorflow/tensorflow.ts';

/** Softmax cross-entropy of each image, nats. logits: [batch, classes], labels: int32 [batch] → [batch]. */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return withGradient([logits], (input) => {
    const { losses, gradient } = lossesOf(input, labels);
    return {
      value: losses,
      kept: [gradient],
      gradients: (dy, kept) => [tf.mul(kept[0] as Tensor, tf.reshape(dy, [-1, 1]))],
    };
  });
}

// --- helpers ---

/** The losses, and the gradient of each image's own loss with respect to its logits. */
function lossesOf(logits: Tensor2D, labels: Tensor1D): { losses: Tensor1D; gradient: Tensor } {
  // On a GPU, TensorFlow's fused operation fails if all operations must be deterministic.
  if (deterministicOps()) {
    const actual = tf.cast(tf.oneHot(labels, logits.shape[1]), 'float32');
    const losses = tf.neg(tf.sum(tf.mul(actual, tf.logSoftmax(logits)), 1)) as Tensor1D;
    return { losses, gradient: tf.sub(tf.softmax(logits), actual) };
  }
  const attributes = [attribute.type('T', 'float32'), attribute.type('Tlabels', 'int32')];
  const [losses, gradient] = runOpWithOutputs(
    'SparseSoftmaxCrossEntropyWithLogits',
    attributes,
    [logits, labels],
    2,
  ) as [Tensor1D, Tensor];
  return { losses, gradient };
}
