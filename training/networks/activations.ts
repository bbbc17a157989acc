import type { Activation } from '../../study/definition/training-config.ts';
import { attribute, runOp, type Tensor, type Tensor2D, tf } from '../tensorflow/tensorflow.ts';
import { relu } from './layers.ts';

/** PyTorch's default. */
const LEAKY_SLOPE = 0.01;

/** The activation between dense layers, with PyTorch's defaults: LeakyReLU's slope is 0.01, ELU's α is 1. */
export function activate(x: Tensor2D, activation: Activation): Tensor2D {
  switch (activation) {
    case 'relu':
      return relu(x);
    case 'leakyRelu':
      return leakyRelu(x);
    case 'elu':
      return tf.elu(x); // tfjs's gradient is TensorFlow's fused one
    case 'sigmoid':
      return sigmoid(x);
    case 'silu':
      return tf.mul(x, sigmoid(x));
  }
}

// --- helpers ---

function leakyRelu(x: Tensor2D): Tensor2D {
  const attributes = [attribute.type('T', 'float32'), attribute.float('alpha', LEAKY_SLOPE)];
  return tf.customGrad((input, save) => {
    (save as (tensors: Tensor[]) => void)([input as Tensor]);
    return {
      value: tf.leakyRelu(input as Tensor, LEAKY_SLOPE),
      gradFunc: (dy: Tensor, saved: Tensor[]) => runOp('LeakyReluGrad', attributes, [dy, ...saved]),
    };
  })(x) as Tensor2D;
}

function sigmoid(x: Tensor2D): Tensor2D {
  return tf.customGrad((input, save) => {
    const y = tf.sigmoid(input as Tensor);
    (save as (tensors: Tensor[]) => void)([y]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        runOp('SigmoidGrad', [attribute.type('T', 'float32')], [...saved, dy]),
    };
  })(x) as Tensor2D;
}
