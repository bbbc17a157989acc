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
  withGradient,
} from '../tensorflow/tensorflow.ts';

/** x: [batch, in] → [batch, out], with the parameters `NAME.weight` and `NAME.bias`. */
export function dense(x: Tensor2D, parameters: DeviceTensors, name: string): Tensor2D {
  return addBias(product(x, weight<Tensor2D>(parameters, name), fewRowsByColumns), bias(parameters, name));
}

/** x: [batch, height, width, in] → [batch, …, …, out], with the parameters `NAME.weight` and `NAME.bias`. */
export function convolve(
  x: Tensor4D,
  parameters: DeviceTensors,
  name: string,
  stride: number,
  padding: number,
): Tensor4D {
  return addBias(convolution(x, weight<Tensor4D>(parameters, name), stride, padding), bias(parameters, name));
}

/**
 * x: [batch, height, width, in] → [batch, …, …, out], with `padding` zero pixels on every side. The filter is square.
 *
 * If each output pixel depends on one input pixel, or there is one output pixel only, a matrix product gives the same
 * result. It is faster than TensorFlow's convolutions, especially their gradients.
 */
export function convolution(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  const [, height, width] = x.shape;
  const size = Math.max(height, width);
  const [kernel] = filter.shape;
  if (kernel === 1 && padding === 0) return ofPixels(x, filter, stride);
  if (size + padding <= kernel && size + 2 * padding < kernel + stride) return toPixel(x, filter, padding);
  // tfjs has gradients for the paddings `valid` and `same` only. At stride 1, `same` is (kernel − 1) / 2 on every side;
  // at other strides it pads the bottom and the right more than the top and the left.
  const same = stride === 1 && padding > 0 && 2 * padding === kernel - 1;
  return tf.conv2d(same ? x : pad(x, padding), filter, stride, same ? 'same' : 'valid');
}

/** Adds `padding` zero pixels on every side. */
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
  // tfjs's own gradient creates a constant as large as the batch.
  return withGradient([x], (input) => ({
    value: tf.mean(input, [1, 2]) as Tensor2D,
    kept: [],
    gradients: (dy) => [
      tf.mul(tf.reshape(dy, [-1, 1, 1, channels]), tf.fill([1, height, width, 1], 1 / (height * width))),
    ],
  }));
}

export function flatten(x: Tensor4D): Tensor2D {
  const [batch, height, width, channels] = x.shape;
  return tf.reshape(x, [batch, height * width * channels]);
}

export function relu<T extends Tensor>(x: T): T {
  return withGradient([x], (input) => {
    const y = tf.relu(input);
    return {
      value: y,
      kept: [y],
      gradients: (dy, kept) => [runOp('ReluGrad', [attribute.type('T', 'float32')], [dy, ...kept])],
    };
  });
}

/**
 * Zeroes units with probability `rate` and scales the others by 1/(1 − rate), which keeps the mean.
 *
 * @param seed int32 [trial, step]. The masks depend on it and on `layer` only.
 * @param layer below 64: the seeds of consecutive steps are 64 apart.
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

/** Number of values; see docs/measurements.md. */
const LARGE_MATRIX = 512 * 1024;

/** A convolution with a 1×1 filter. */
function ofPixels(x: Tensor4D, filter: Tensor4D, stride: number): Tensor4D {
  const [, , inputs, outputs] = filter.shape;
  // A 1×1 pool picks every `stride`-th pixel.
  const picked = stride === 1 ? x : tf.maxPool(x, 1, stride, 'valid');
  const [batch, height, width] = picked.shape;
  const pixels = tf.reshape(picked, [batch * height * width, inputs]);
  const y = product(pixels as Tensor2D, tf.reshape(filter, [inputs, outputs]));
  return tf.reshape(y, [batch, height, width, outputs]);
}

/** A convolution with one output pixel. The part of the filter that lies over padding is left out: it multiplies zeros. */
function toPixel(x: Tensor4D, filter: Tensor4D, padding: number): Tensor4D {
  const [batch, height, width, inputs] = x.shape;
  const outputs = filter.shape[3];
  const used = tf.slice(filter, [padding, padding, 0, 0], [height, width, inputs, outputs]);
  const y = product(flatten(x), tf.reshape(used, [height * width * inputs, outputs]));
  return tf.reshape(y, [batch, 1, 1, outputs]);
}

/**
 * [n, k] × [k, m] → [n, m]. tfjs runs BatchMatMulV2, which is slower and isn't fused with the next operation.
 *
 * @param timesTransposed computes dy · filterᵀ, the gradient of x.
 */
function product(x: Tensor2D, filter: Tensor2D, timesTransposed = rowsByRows): Tensor2D {
  return withGradient([x, filter], (a, b) => ({
    value: multiply(a, b) as Tensor2D,
    kept: [a, b],
    gradients(dy, kept) {
      const [a, b] = kept as [Tensor, Tensor];
      return [timesTransposed(dy, b), multiply(a, dy, { transposeA: true })];
    },
  }));
}

/** a · bᵀ */
function rowsByRows(a: Tensor, b: Tensor): Tensor {
  return multiply(a, b, { transposeB: true });
}

/** a · bᵀ for few rows of a. If b is large, (b · aᵀ)ᵀ is faster, because TensorFlow then copies only a and the result. */
function fewRowsByColumns(a: Tensor, b: Tensor): Tensor {
  return b.size < LARGE_MATRIX ? rowsByRows(a, b) : tf.transpose(multiply(b, tf.transpose(a)));
}

function multiply(a: Tensor, b: Tensor, { transposeA = false, transposeB = false } = {}): Tensor {
  const flags = [attribute.flag('transpose_a', transposeA), attribute.flag('transpose_b', transposeB)];
  return runOp('MatMul', [attribute.type('T', 'float32'), ...flags], [a, b]);
}

function addBias<T extends Tensor>(x: T, bias: Tensor1D): T {
  const attributes = [attribute.type('T', 'float32'), attribute.text('data_format', 'NHWC')];
  return withGradient([x, bias], (input, offset) => ({
    value: runOp('BiasAdd', attributes, [input, offset]) as T,
    kept: [],
    gradients: (dy) => [dy, runOp('BiasAddGrad', attributes, [dy])],
  }));
}

function weight<T extends Tensor>(parameters: DeviceTensors, name: string): T {
  return parameters[`${name}.weight`] as T;
}

function bias(parameters: DeviceTensors, name: string): Tensor1D {
  return parameters[`${name}.bias`] as Tensor1D;
}
