import { afterEach, expect, test, vi } from 'vitest';
import { crossEntropy } from '../../../training/networks/loss.ts';
import { type Tensor, type Tensor2D, tf } from '../../../training/tensorflow/tensorflow.ts';

afterEach(() => vi.unstubAllEnvs());

test.each(['', '1'])(
  'cross-entropy and its gradient are those of tfjs, deterministic operations: %j',
  (deterministic) => {
    vi.stubEnv('TF_DETERMINISTIC_OPS', deterministic);
    const result = tf.tidy(() => {
      const logits = tf.tensor2d([0.5, -1, 2, 3, 3, 3, -100, 0, 100], [3, 3]);
      const labels = tf.tensor1d([0, 2, 2], 'int32');
      const weights = tf.tensor1d([1, 2, 0.5]);
      const ours = tf.valueAndGrad((x: Tensor) => crossEntropy(x as Tensor2D, labels))(logits, weights);
      const theirs = tf.valueAndGrad((x: Tensor) =>
        tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 3), x, undefined, 0, tf.Reduction.NONE),
      )(logits, weights);
      return {
        value: [ours.value.dataSync(), theirs.value.dataSync()],
        grad: [ours.grad.dataSync(), theirs.grad.dataSync()],
      };
    });
    for (const [ours, theirs] of Object.values(result)) {
      for (const [index, value] of (ours as Float32Array).entries())
        expect(value).toBeCloseTo(theirs?.[index] as number, 5);
    }
    // −log(e^0.5 / (e^0.5 + e^−1 + e^2)), and three equal logits
    expect(result.value[0]?.[0]).toBeCloseTo(1.74131, 4);
    expect(result.value[0]?.[1]).toBeCloseTo(Math.log(3), 5);
  },
);
