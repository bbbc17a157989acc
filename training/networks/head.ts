import { type LayerShape, sizeOf } from '../../study/definition/network-shapes.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { DeviceTensors, Tensor2D } from '../tensorflow/tensorflow.ts';
import { activate } from './activations.ts';
import { dense, dropout } from './layers.ts';
import type { ForwardMode, NetworkTensor } from './network-function.ts';

/**
 * The dense layers at the end of every network. The configured activation follows each hidden layer and, in training
 * mode, dropout. Nothing follows the output layer.
 *
 * @param x [batch, features]
 * @returns logits, [batch, classes]
 */
export function head(
  x: Tensor2D,
  layers: readonly LayerShape[],
  weights: DeviceTensors,
  config: TrainingConfig,
  mode: ForwardMode,
): Tensor2D {
  let features = x;
  for (const [index, { name }] of layers.entries()) {
    features = dense(features, weights, name);
    if (index === layers.length - 1) break;
    features = activate(features, config.activation);
    if (mode.training && config.dropout > 0) {
      features = dropout(features, config.dropout, mode.dropoutSeed, index);
    }
  }
  return features;
}

/** Weight and bias, if there is one, of a dense layer or convolution. Both start uniform in ±1/√fan_in, as in PyTorch. */
export function uniformTensors({ name, weight, bias }: LayerShape): NetworkTensor[] {
  const fanIn = sizeOf(weight.slice(0, -1));
  const initial = { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) } as const;
  return [
    { name: `${name}.weight`, shape: weight, initial },
    ...(bias ? [{ name: `${name}.bias`, shape: weight.slice(-1), initial }] : []),
  ];
}
