import { POOL_SIZE } from '../../study/network-shapes.ts';
import {
  attribute,
  type DeviceTensors,
  runOp,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from '../tensorflow.ts';

/** x: [batch, in] → [batch, out], with the parameters `NAME.weight` and `NAME.bias`. */
export function dense(x: Tensor2D, parameters: DeviceTensors, name: string): Tensor2D {
  return addBias(tf.matMul(x, weight<Tensor2D>(parameters, name)), bias(parameters, name));
}

/** x: [batch, height, width, in] → [batch, …, …, out], with the parameters `NAME.weight` and `NAME.bias`, stride 1. */
export function convolve(x: Tensor4D, parameters: DeviceTensors, name: string, padding: number): Tensor4D {
  return addBias(convolution(x, weight<Tensor4D>(parameters, name), 1, padding), bias(parameters, name));
}

/** x: [batch, height, width, in] → [batch, …, …, out], with `padding` zero pixels on every side. */
export function convolution(x: Tensor4D, filter: Tensor4D, stride: number, padding: number): Tensor4D {
  // tfjs has no gradient for other paddings than `valid` and `same`. At stride 1 the latter is (kernel − 1) / 2 on
  // every side; at others it is more at the bottom and the right than at the top and the left.
  const same = stride === 1 && padding > 0 && 2 * padding === filter.shape[0] - 1;
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
