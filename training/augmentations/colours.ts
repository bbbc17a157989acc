import { type Tensor, type Tensor2D, type Tensor4D, tf } from '../tensorflow/tensorflow.ts';
import { type AugmentationRule, uniform } from './augmentation.ts';
import type { ImageForm } from './image-form.ts';

/**
 * A change of values by a random factor from 1 − amount to 1 + amount.
 *
 * @param change of values from 0 to 1 [batch, height, width, channels] by factors [batch, 1, 1, 1]. Results below 0 and above 1 become
 *   0 and 1.
 */
export function byFactor(
  amount: number,
  change: (values: Tensor4D, factors: Tensor) => Tensor,
): AugmentationRule {
  return {
    draws: 1,
    draw: (random) => [1 + amount * (2 * uniform(random) - 1)],
    apply(x, draws: Tensor2D, { mean, deviation }: ImageForm) {
      const [means, deviations] = [tf.tensor1d([...mean]), tf.tensor1d([...deviation])];
      const values = tf.add(tf.mul(x, deviations), means) as Tensor4D;
      const changed = change(values, tf.reshape(draws, [-1, 1, 1, 1]));
      return tf.div(tf.sub(tf.clipByValue(changed, 0, 1), means), deviations) as Tensor4D;
    },
  };
}
