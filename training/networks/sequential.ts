import { networkShapes } from '../../study/definition/network-shapes.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { DeviceTensors, Tensor4D } from '../tensorflow/tensorflow.ts';
import { head, uniformTensors } from './head.ts';
import { convolve, flatten, maxPool, relu } from './layers.ts';
import type { ForwardMode, ForwardPass, NetworkFunction } from './network-function.ts';

/**
 * A dense or convolutional network. ReLU and a 2×2 max pool follow each convolution. Flattening keeps the order
 * [height, width, channel]; PyTorch's is [channel, height, width]. The first dense layer learns either.
 *
 * @throws {NetworkShapeError} if a convolution or its pool would leave less than one pixel.
 */
export function sequential(config: TrainingConfig): NetworkFunction {
  const { layers, parameters: parameterCount } = networkShapes(config.network);
  const convolutions = config.network.kind === 'conv' ? config.network.convolutions : [];
  const denseLayers = layers.filter(({ kind }) => kind === 'dense');

  function forward(weights: DeviceTensors, x: Tensor4D, mode: ForwardMode): ForwardPass {
    let image = x; // [batch, height, width, channels]
    for (const [index, { padding }] of convolutions.entries()) {
      image = maxPool(relu(convolve(image, weights, `conv.${index}`, padding)));
    }
    return { logits: head(flatten(image), denseLayers, weights, config, mode), buffers: {} };
  }

  return { parameters: layers.flatMap(uniformTensors), buffers: [], parameterCount, forward };
}
