import { networkShapes } from '../../study/network-shapes.ts';
import type { TrainingConfig } from '../../study/training-config.ts';
import type { DeviceTensors, Tensor1D, Tensor2D, Tensor4D } from '../tensorflow.ts';
import { activate } from './activations.ts';
import { convolve, dense, dropout, flatten, maxPool, relu } from './layers.ts';

/** A trained tensor of a network. */
export interface Parameter {
  /** As PyTorch would name it: `conv.0.weight`, `layers.2.bias`. */
  name: string;
  /** In TensorFlow's order: convolutions `[height, width, in, out]`, dense layers `[in, out]`, biases `[out]`. */
  shape: number[];
  /** Initial values are uniform in ±bound. */
  bound: number;
}

/** Evaluation, or training with the dropout masks that belong to the seed `[trial, step]`, int32. */
export type ForwardMode = { training: false } | { training: true; dropoutSeed: Tensor1D };

/** A network as a function of its parameters. */
export interface NetworkFunction {
  parameters: Parameter[];
  /** Number of weights and biases. */
  parameterCount: number;
  /** x: [batch, 32, 32, 3], normalised; gives logits, [batch, 10]. Only operations on tensors: no value is read. */
  forward(parameters: DeviceTensors, x: Tensor4D, mode: ForwardMode): Tensor2D;
}

/**
 * A dense or convolutional network. Convolutions are followed by ReLU and a 2×2 max pool, hidden dense layers by the
 * configured activation and dropout, the output layer by nothing. The flattening keeps the order [height, width,
 * channel] where PyTorch has [channel, height, width]: an order of inputs that the first dense layer learns anyway.
 *
 * @throws NetworkShapeError where a convolution or its pool would leave less than one pixel.
 */
export function createNetwork(config: TrainingConfig): NetworkFunction {
  const { layers, parameters: parameterCount } = networkShapes(config.network);
  const convolutions = config.network.kind === 'conv' ? config.network.convolutions : [];
  const denseLayers = layers.filter(({ kind }) => kind === 'dense');
  const parameters = layers.flatMap(({ name, weight, fanIn }) => {
    const bound = 1 / Math.sqrt(fanIn);
    return [
      { name: `${name}.weight`, shape: weight, bound },
      { name: `${name}.bias`, shape: weight.slice(-1), bound },
    ];
  });

  function forward(weights: DeviceTensors, x: Tensor4D, mode: ForwardMode): Tensor2D {
    let image = x; // [batch, height, width, channels]
    for (const [index, { padding }] of convolutions.entries()) {
      image = maxPool(relu(convolve(image, weights, `conv.${index}`, padding)));
    }
    let features = flatten(image); // [batch, features]
    for (const [index, { name }] of denseLayers.entries()) {
      features = dense(features, weights, name);
      if (index === denseLayers.length - 1) break;
      features = activate(features, config.activation);
      if (mode.training && config.dropout > 0) {
        features = dropout(features, config.dropout, mode.dropoutSeed, index);
      }
    }
    return features;
  }

  return { parameters, parameterCount, forward };
}
