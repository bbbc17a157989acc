import { POOL_SIZE } from '../../study/definition/network-shapes.ts';
import {
  attribute,
  type DeviceTensors,
  runOp,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from '../tensorflow/tensorflow.ts';

/** x: [batch, in] → [batch, out], with the parameters `NAME.weight` and `NAME.bias`. */
export function dense(x: Tensor2D, parameters: DeviceTensors, name: string): Tensor2D {
  return addBias(product(x, weight<Tensor2D>(parameters, name)), bias(parameters, name));
}

/** x: [batch, height, width, in] → [batch, …, …, out], with the parameters `NAME.weight` and `NAME.bias`, stride 1. */
export function convolve(x: Tensor4D, parameters: DeviceTensors, name: string, padding: number): Tensor4D {
  return addBias(convolution(x, weight<Tensor4D>(parameters, name), 1, padding), bias(parameters, name));
}

/**
 * x: [batch, height, width, in] → [batch, …, …, out], with `padding` zero pixels on every side. x and filter are square.
 *
 * Where each pixel that results depends on one other, or is the only one, a product of matrices gives the same and is
 * faster than TensorFlow's convolutions, above all than their gradients.
 */
export function convolution(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  const [, size] = x.shape;
  const [kernel] = filter.shape;
  if (kernel === 1 && padding === 0) return ofPixels(x, filter, stride);
  if (size + padding <= kernel && size + 2 * padding < kernel + stride) return toPixel(x, filter, padding);
  // tfjs has no gradient for other paddings than `valid` and `same`. At stride 1 the latter is (kernel − 1) / 2 on
  // every side; at others it is more at the bottom and the right than at the top and the left.
  const same = stride === 1 && padding > 0 && 2 * padding === kernel - 1;
  return tf.conv2d(same ? x : pad(x, padding), filter, stride, same ? 'same' : 'valid');
}

/** Adds so many zero pixels on every side. */
export function pad(x: Tensor4D, padding: number): Tensor4D {
  const edge: [number, number] = [padding, padding];
  return padding === 0 ? x : tf.pad4d(x, [[0, 0], edge, edge, [0, 0]]);
}

/** 2×2, stride 2; an odd last row or column is dropped, as in PyTorch. */
export function maxPool(x: Tensor4D): Tensor4D {
  return tf.maxPool(x, POOL_SIZE, POOL_SIZE, 'valid');
}

/** [batch, height, width, channels] → [batch, channels] */
export function averageOfPixels(x: Tensor4D): Tensor2D {
  const [, height, width, channels] = x.shape;
  // tfjs's own gradient makes a constant as large as the batch.
  return tf.customGrad((input) => ({
    value: tf.mean(input as Tensor, [1, 2]),
    gradFunc: (dy: Tensor) =>
      tf.mul(tf.reshape(dy, [-1, 1, 1, channels]), tf.fill([1, height, width, 1], 1 / (height * width))),
  }))(x) as Tensor2D;
}

export function flatten(x: Tensor4D): Tensor2D {
  const [batch, height, width, channels] = x.shape;
  return tf.reshape(x, [batch, height * width * channels]);
}

export function relu<T extends Tensor>(x: T): T {
  return tf.customGrad((input, save) => {
    const y = tf.relu(input as Tensor);
    (save as (tensors: Tensor[]) => void)([y]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        runOp('ReluGrad', [attribute.type('T', 'float32')], [dy, ...saved]),
    };
  })(x) as T;
}

/**
 * Zeroes units with probability `rate` and scales the others by 1/(1 − rate), so that the mean stays.
 *
 * @param seed int32 [trial, step]: the masks depend on it and `layer` alone.
 * @param layer below 64, the room that a step's seed leaves.
 */
export function dropout(x: Tensor2D, rate: number, seed: Tensor1D, layer: number): Tensor2D {
  const uniform = runOp(
    'StatelessRandomUniform',
    [attribute.type('dtype', 'float32'), attribute.type('T', 'int32'), attribute.type('Tseed', 'int32')],
    [tf.tensor1d(x.shape, 'int32'), tf.add(seed, tf.tensor1d([0, layer], 'int32'))],
  );
  const kept = tf.cast(tf.greaterEqual(uniform, rate), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}

// --- helpers ---

/** A convolution with a filter of one pixel. */
function ofPixels(x: Tensor4D, filter: Tensor4D, stride: number): Tensor4D {
  const [, , inputs, outputs] = filter.shape;
  // A pool of one pixel picks every so many.
  const picked = stride === 1 ? x : tf.maxPool(x, 1, stride, 'valid');
  const [batch, height, width] = picked.shape;
  const pixels = tf.reshape(picked, [batch * height * width, inputs]);
  const y = product(pixels as Tensor2D, tf.reshape(filter, [inputs, outputs]));
  return tf.reshape(y, [batch, height, width, outputs]);
}

/** A convolution that leaves one pixel: the rest of the filter meets padding, and would be multiplied with zeros. */
function toPixel(x: Tensor4D, filter: Tensor4D, padding: number): Tensor4D {
  const [batch, height, width, inputs] = x.shape;
  const outputs = filter.shape[3];
  const used = tf.slice(filter, [padding, padding, 0, 0], [height, width, inputs, outputs]);
  const y = product(flatten(x), tf.reshape(used, [height * width * inputs, outputs]));
  return tf.reshape(y, [batch, 1, 1, outputs]);
}

/** [n, k] × [k, m] → [n, m]. tfjs runs BatchMatMulV2, which is slower and isn't fused with what follows it. */
function product(x: Tensor2D, filter: Tensor2D): Tensor2D {
  const multiply = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean) =>
    runOp(
      'MatMul',
      [
        attribute.type('T', 'float32'),
        attribute.flag('transpose_a', transposeA),
        attribute.flag('transpose_b', transposeB),
      ],
      [a, b],
    );
  return tf.customGrad((input, kernel, save) => {
    const [a, b] = [input as Tensor, kernel as Tensor];
    (save as unknown as (tensors: Tensor[]) => void)([a, b]);
    return {
      value: multiply(a, b, false, false),
      gradFunc: (dy: Tensor, [a, b]: Tensor[]) => [
        multiply(dy, b as Tensor, false, true),
        multiply(a as Tensor, dy, true, false),
      ],
    };
  })(x, filter) as Tensor2D;
}

function addBias<T extends Tensor>(x: T, bias: Tensor1D): T {
  const attributes = [attribute.type('T', 'float32'), attribute.text('data_format', 'NHWC')];
  return tf.customGrad((input, offset) => ({
    value: runOp('BiasAdd', attributes, [input as Tensor, offset as Tensor]),
    gradFunc: (dy: Tensor) => [dy, runOp('BiasAddGrad', attributes, [dy])],
  }))(x, bias) as T;
}

function weight<T extends Tensor>(parameters: DeviceTensors, name: string): T {
  return parameters[`${name}.weight`] as T;
}

function bias(parameters: DeviceTensors, name: string): Tensor1D {
  return parameters[`${name}.bias`] as Tensor1D;
}
