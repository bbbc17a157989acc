import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { type Tensor, type Tensor4D, tf } from '../tensorflow/tensorflow.ts';
import type { AugmentationRule } from './augmentation.ts';
import { columnNumbers, drawColumn, rowNumbers } from './pixels.ts';

/**
 * Sets a square of the normalised image to 0 (DeVries and Taylor, Improved Regularization of Convolutional Neural Networks with
 * Cutout, 2017). The square is around a random pixel, and only the part of it that lies within the image counts.
 *
 * Draws the row and the column of that pixel.
 */
export function cutout({ size }: { size: number }): AugmentationRule {
  return {
    draws: 2,
    draw: (random, { shape: [height, width] }) => [
      uniformInt(random, 0, height - 1),
      uniformInt(random, 0, width - 1),
    ],
    apply(x, draws, { shape: [height, width] }) {
      const half = Math.floor(size / 2);
      const isCut = (numbers: Tensor, index: number) => {
        const fromStart = tf.add(tf.sub(tf.cast(numbers, 'float32'), drawColumn(draws, index)), half);
        return tf.logicalAnd(tf.greaterEqual(fromStart, 0), tf.less(fromStart, size));
      };
      const cut = tf.logicalAnd(isCut(rowNumbers(height), 0), isCut(columnNumbers(width), 1)); // [batch, height, width]
      const kept = tf.sub(1, tf.cast(cut, 'float32'));
      return tf.mul(x, tf.reshape(kept, [-1, height, width, 1])) as Tensor4D;
    },
  };
}
