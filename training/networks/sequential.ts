import type { InputForm } from '../../study/definition/input-form.ts';
import { networkShapes } from '../../study/definition/network-shapes.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { DeviceTensors, Tensor2D, Tensor4D } from '../tensorflow/tensorflow.ts';
import { normalise } from './batch-norm.ts';
import { head } from './head.ts';
import { averageOfPixels, convolution, convolve, flatten, maxPool, relu } from './layers.ts';
import type { Batch, ForwardMode, ForwardPass, NetworkFunction } from './network-function.ts';
import { tensorsOf, uniformTensors } from './network-tensors.ts';

/**
 * A dense or convolutional network. Each convolution has ReLU after it, with batch normalisation before that, and a 2×2 max pool, as the
 * configuration says. Flattening keeps the order
 * [height, width, channel]; PyTorch's is [channel, height, width]. The first dense layer learns either.
 *
 * @throws {NetworkShapeError} if a convolution or its pool would leave less than one pixel, or if it has one and the data
 *   are a table.
 */
export function sequential(config: TrainingConfig, input: InputForm): NetworkFunction {
  const { layers, parameters: parameterCount } = networkShapes(config.network, input);
  const { convolutions, globalPool } =
    config.network.kind === 'conv' ? config.network : { convolutions: [], globalPool: undefined };
  const denseLayers = layers.filter(({ kind }) => kind === 'dense');

  function forward(weights: DeviceTensors, x: Batch['x'], mode: ForwardMode): ForwardPass {
    const buffers: DeviceTensors = {};
    const features =
      input.shape.length === 1 ? (x as Tensor2D) : convolved(x as Tensor4D, weights, mode, buffers);
    return { logits: head(features, denseLayers, weights, config, mode), buffers };
  }

  /** @param buffers receives new running averages. */
  function convolved(
    x: Tensor4D,
    weights: DeviceTensors,
    mode: ForwardMode,
    buffers: DeviceTensors,
  ): Tensor2D {
    let image = x; // [batch, height, width, channels]
    for (const [index, { padding, stride = 1, batchNorm, pool }] of convolutions.entries()) {
      const name = `conv.${index}`;
      if (batchNorm) {
        image = convolution(image, weights[`${name}.weight`] as Tensor4D, stride, padding);
        image = normalise(image, weights, `bn.${index}`, mode, buffers);
      } else {
        image = convolve(image, weights, name, stride, padding);
      }
      image = pool === false ? relu(image) : maxPool(relu(image));
    }
    return globalPool ? averageOfPixels(image) : flatten(image);
  }

  return {
    input,
    ...tensorsOf(layers, uniformTensors),
    parameterCount,
    forward,
  };
}
