import type { LayerShape } from '../../study/definition/network-shapes.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { DeviceTensors, Tensor2D } from '../tensorflow/tensorflow.ts';
import { activate } from './activations.ts';
import { dense, dropout } from './layers.ts';
import type { ForwardMode } from './network-function.ts';

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
