import { tf } from '../tensorflow/tensorflow.ts';
import type { AugmentationRule } from './augmentation.ts';
import { byFactor } from './colours.ts';

/** The shares of red, green and blue in a grey value, as torchvision has them (ITU-R BT.601). */
const SHARES = [0.2989, 0.587, 0.114];

/**
 * Multiplies all differences to the mean grey value of the image by a factor, as `ColorJitter(contrast)` of torchvision. Draws the
 * factor.
 */
export function contrast({ amount }: { amount: number }): AugmentationRule {
  return byFactor(amount, (values, factors) => {
    const isColour = values.shape[3] === SHARES.length;
    const grey = isColour ? tf.sum(tf.mul(values, tf.tensor1d(SHARES)), 3, true) : values;
    const means = tf.mean(grey, [1, 2, 3], true);
    return tf.add(tf.mul(values, factors), tf.mul(means, tf.sub(1, factors)));
  });
}
