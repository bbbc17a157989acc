import { attribute, runOpWithOutputs, type Tensor, type Tensor1D, type Tensor2D, tf } from './tensorflow.ts';

/** Softmax cross-entropy of each image, nats. logits: [batch, classes], labels: int32 [batch] → [batch]. */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  const attributes = [attribute.type('T', 'float32'), attribute.type('Tlabels', 'int32')];
  return tf.customGrad((input, save) => {
    const [losses, gradient] = runOpWithOutputs(
      'SparseSoftmaxCrossEntropyWithLogits',
      attributes,
      [input as Tensor, labels],
      2,
    ) as [Tensor, Tensor];
    (save as (tensors: Tensor[]) => void)([gradient]);
    return {
      value: losses,
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(saved[0] as Tensor, tf.reshape(dy, [-1, 1])),
    };
  })(logits) as Tensor1D;
}
