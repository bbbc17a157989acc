import type { InputForm } from '../../study/definition/input-form.ts';
import { networkShapes } from '../../study/definition/network-shapes.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { DeviceTensors, Tensor2D, Tensor4D } from '../tensorflow/tensorflow.ts';
import { head, uniformTensors } from './head.ts';
import { convolve, flatten, maxPool, relu } from './layers.ts';
import type { Batch, ForwardMode, ForwardPass, NetworkFunction } from './network-function.ts';

/**
 * A dense or convolutional network. ReLU and a 2×2 max pool follow each convolution. Flattening keeps the order
 * [height, width, channel]; PyTorch's is [channel, height, width]. The first dense layer learns either.
 *
 * @throws {NetworkShapeError} if a convolution or its pool would leave less than one pixel, or if it has one and the data
 *   are a table.
 */
export function sequential(config: TrainingConfig, input: InputForm): NetworkFunction {
  const { layers, parameters: parameterCount } = networkShapes(config.network, input);
  const convolutions = config.network.kind === 'conv' ? config.network.convolutions : [];
  const denseLayers = layers.filter(({ kind }) => kind === 'dense');

  function forward(weights: DeviceTensors, x: Batch['x'], mode: ForwardMode): ForwardPass {
    const features = input.shape.length === 1 ? (x as Tensor2D) : flatten(convolved(x as Tensor4D, weights));
    return { logits: head(features, denseLayers, weights, config, mode), buffers: {} };
  }

  function convolved(x: Tensor4D, weights: DeviceTensors): Tensor4D {
    let image = x; // [batch, height, width, channels]
    for (const [index, { padding }] of convolutions.entries()) {
      image = maxPool(relu(convolve(image, weights, `conv.${index}`, padding)));
    }
    return image;
  }

  return { input, parameters: layers.flatMap(uniformTensors), buffers: [], parameterCount, forward };
}
