import type { LayerShape } from '../../study/definition/network-shapes.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { DeviceTensors, Tensor2D } from '../tensorflow/tensorflow.ts';
import { activate } from './activations.ts';
import { dense, dropout } from './layers.ts';
import type { ForwardMode, NetworkTensor } from './network.ts';

/**
 * The dense layers that every network ends with: hidden ones followed by the configured activation and, in training,
 * by dropout; the output layer by nothing.
 *
 * @param x [batch, features]
 * @returns logits, [batch, 10]
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

/** Weight and bias of a dense layer or convolution as PyTorch starts them: uniform in ±1/√fan_in, biases too. */
export function uniformTensors({ name, weight }: LayerShape): NetworkTensor[] {
  const fanIn = weight.slice(0, -1).reduce((total, size) => total * size, 1);
  const initial = { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) } as const;
  return [
    { name: `${name}.weight`, shape: weight, initial },
    { name: `${name}.bias`, shape: weight.slice(-1), initial },
  ];
}
