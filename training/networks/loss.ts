import {
  attribute,
  deterministicOps,
  runOpWithOutputs,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tf,
} from '../tensorflow/tensorflow.ts';

/** Softmax cross-entropy of each image, nats. logits: [batch, classes], labels: int32 [batch] → [batch]. */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return tf.customGrad((input, save) => {
    const { losses, gradient } = lossesOf(input as Tensor2D, labels);
    (save as (tensors: Tensor[]) => void)([gradient]);
    return {
      value: losses,
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(saved[0] as Tensor, tf.reshape(dy, [-1, 1])),
    };
  })(logits) as Tensor1D;
}

// --- helpers ---

/** And the gradient of each image's own loss by its logits. */
function lossesOf(logits: Tensor2D, labels: Tensor1D): { losses: Tensor; gradient: Tensor } {
  // TensorFlow refuses its fused operation on a GPU where all must be deterministic.
  if (deterministicOps()) {
    const actual = tf.cast(tf.oneHot(labels, logits.shape[1]), 'float32');
    const losses = tf.neg(tf.sum(tf.mul(actual, tf.logSoftmax(logits)), 1));
    return { losses, gradient: tf.sub(tf.softmax(logits), actual) };
  }
  const attributes = [attribute.type('T', 'float32'), attribute.type('Tlabels', 'int32')];
  const [losses, gradient] = runOpWithOutputs(
    'SparseSoftmaxCrossEntropyWithLogits',
    attributes,
    [logits, labels],
    2,
  ) as [Tensor, Tensor];
  return { losses, gradient };
}
