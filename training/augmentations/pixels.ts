import { type Tensor, type Tensor2D, tf } from '../tensorflow/tensorflow.ts';

/** One of the numbers that are drawn for each image: [batch, 1, 1]. */
export function drawColumn(draws: Tensor2D, index: number): Tensor {
  return tf.reshape(tf.slice(draws, [0, index], [-1, 1]), [-1, 1, 1]);
}

/** The numbers of an image's rows: int32 [1, height, 1]. */
export function rowNumbers(height: number): Tensor {
  return tf.reshape(tf.range(0, height, 1, 'int32'), [1, height, 1]);
}

/** The numbers of an image's columns: int32 [1, 1, width]. */
export function columnNumbers(width: number): Tensor {
  return tf.reshape(tf.range(0, width, 1, 'int32'), [1, 1, width]);
}
