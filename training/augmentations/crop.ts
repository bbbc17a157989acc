import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { attribute, runOp, type Tensor, type Tensor2D, type Tensor4D, tf } from '../tensorflow/tensorflow.ts';
import type { AugmentationRule } from './augmentation.ts';
import type { ImageForm } from './image-form.ts';
import { columnNumbers, drawColumn, rowNumbers } from './pixels.ts';

/**
 * Cuts an image of the same size out of the image with black pixels around it, as `RandomCrop(size, padding)` of torchvision.
 *
 * Draws the first row and the first column of the cut, from 0 to twice the padding.
 */
export function crop({ padding }: { padding: number }): AugmentationRule {
  return {
    draws: 2,
    draw: (random) => [uniformInt(random, 0, 2 * padding), uniformInt(random, 0, 2 * padding)],
    apply(x, draws, form) {
      const [height, width, channels] = form.shape;
      const black = tf.tensor2d([
        form.mean.map((mean, channel) => -mean / (form.deviation[channel] as number)),
      ]);
      // All pixels of the batch, and a black one after them.
      const pixels = tf.concat([tf.reshape(x, [-1, channels]), black], 0);
      const rows = shifted(rowNumbers(height), draws, 0, padding); // [batch, height, 1]
      const columns = shifted(columnNumbers(width), draws, 1, padding); // [batch, 1, width]
      return gather(pixels, sources(rows, columns, form)) as Tensor4D;
    },
  };
}

// --- helpers ---

function shifted(numbers: Tensor, draws: Tensor2D, index: number, padding: number): Tensor {
  return tf.add(numbers, tf.sub(tf.cast(drawColumn(draws, index), 'int32'), int(padding)));
}

/**
 * Which pixel of the batch each pixel of the cuts is: int32 [batch, height, width]; the one after the last if it lies outside.
 * In whole numbers, because float32 can't count the pixels of a large batch.
 */
function sources(rows: Tensor, columns: Tensor, { shape: [height, width] }: ImageForm): Tensor {
  const ones = tf.onesLike(tf.slice(rows, [0, 0, 0], [-1, 1, 1]));
  const first = tf.mul(tf.cumsum(ones, 0, true), int(height * width));
  const afterLast = tf.mul(tf.sum(ones), int(height * width));
  const isInside = tf.cast(tf.logicalAnd(isBelow(rows, height), isBelow(columns, width)), 'int32');
  const own = tf.add(first, tf.add(tf.mul(rows, int(width)), columns));
  return tf.add(afterLast, tf.mul(isInside, tf.sub(own, afterLast)));
}

function isBelow(numbers: Tensor, end: number): Tensor {
  return tf.logicalAnd(tf.greaterEqual(numbers, int(0)), tf.less(numbers, int(end)));
}

/** By name, because tfjs's own function reads the indices to check them. */
function gather(from: Tensor, rows: Tensor): Tensor {
  const attributes = [
    attribute.int('batch_dims', 0),
    attribute.type('Tparams', 'float32'),
    attribute.type('Tindices', 'int32'),
    attribute.type('Taxis', 'int32'),
  ];
  return runOp('GatherV2', attributes, [from, rows, int(0)]);
}

/** tfjs takes plain numbers for float32. */
function int(value: number): Tensor {
  return tf.scalar(value, 'int32');
}
