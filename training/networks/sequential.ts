import { networkShapes } from '../../study/definition/network-shapes.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { DeviceTensors, Tensor4D } from '../tensorflow/tensorflow.ts';
import { head, uniformTensors } from './head.ts';
import { convolve, flatten, maxPool, relu } from './layers.ts';
import type { ForwardMode, ForwardPass, NetworkFunction } from './network.ts';

/**
 * A dense or convolutional network. Convolutions are followed by ReLU and a 2×2 max pool. The flattening keeps the
 * order [height, width, channel] where PyTorch has [channel, height, width]: an order of inputs that the first dense
 * layer learns anyway.
 *
 * @throws NetworkShapeError where a convolution or its pool would leave less than one pixel.
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
