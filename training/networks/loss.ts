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

/**
 * Softmax cross-entropy of each image, nats. logits: [batch, classes], labels: int32 [batch] → [batch].
 *
 * @param smoothing share of the target that is spread over all classes, as `label_smoothing` of PyTorch's `CrossEntropyLoss`.
 */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D, smoothing = 0): Tensor1D {
  return withGradient([logits], (input) => {
    const { losses, gradient } = lossesOf(input, labels, smoothing);
    return {
      value: losses,
      kept: [gradient],
      gradients: (dy, kept) => [tf.mul(kept[0] as Tensor, tf.reshape(dy, [-1, 1]))],
    };
  });
}

// --- helpers ---

interface Losses {
  losses: Tensor1D;
  /** Of each image's own loss with respect to its logits. */
  gradient: Tensor;
}

function lossesOf(logits: Tensor2D, labels: Tensor1D, smoothing: number): Losses {
  // On a GPU, TensorFlow's fused operations fail if all operations must be deterministic.
  if (deterministicOps()) {
    const wanted = targets(labels, logits.shape[1], smoothing);
    const losses = tf.neg(tf.sum(tf.mul(wanted, tf.logSoftmax(logits)), 1)) as Tensor1D;
    return { losses, gradient: tf.sub(tf.softmax(logits), wanted) };
  }
  const float = attribute.type('T', 'float32');
  const [losses, gradient] = (
    smoothing === 0
      ? runOpWithOutputs(
          'SparseSoftmaxCrossEntropyWithLogits',
          [float, attribute.type('Tlabels', 'int32')],
          [logits, labels],
          2,
        )
      : runOpWithOutputs(
          'SoftmaxCrossEntropyWithLogits',
          [float],
          [logits, targets(labels, logits.shape[1], smoothing)],
          2,
        )
  ) as [Tensor1D, Tensor];
  return { losses, gradient };
}

/** The wanted probabilities of each class, [batch, classes]. */
function targets(labels: Tensor1D, classes: number, smoothing: number): Tensor {
  const actual = tf.cast(tf.oneHot(labels, classes), 'float32');
  return smoothing === 0 ? actual : tf.add(tf.mul(actual, 1 - smoothing), smoothing / classes);
}
