import type { Activation } from '../../study/definition/training-config.ts';
import { attribute, runOp, type Tensor2D, tf, withGradient } from '../tensorflow/tensorflow.ts';
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
  return withGradient([x], (input) => ({
    value: tf.leakyRelu(input, LEAKY_SLOPE),
    kept: [input],
    gradients: (dy, kept) => [runOp('LeakyReluGrad', attributes, [dy, ...kept])],
  }));
}

function sigmoid(x: Tensor2D): Tensor2D {
  return withGradient([x], (input) => {
    const y = tf.sigmoid(input);
    return {
      value: y,
      kept: [y],
      gradients: (dy, kept) => [runOp('SigmoidGrad', [attribute.type('T', 'float32')], [...kept, dy])],
    };
  });
}
