import type { InputForm } from '../../study/definition/input-form.ts';
import { type LayerShape, networkShapes } from '../../study/definition/network-shapes.ts';
import type { Network, TrainingConfig } from '../../study/definition/training-config.ts';
import { type DeviceTensors, type Tensor4D, tf } from '../tensorflow/tensorflow.ts';
import { normalise } from './batch-norm.ts';
import { head } from './head.ts';
import { averageOfPixels, convolution, pad, relu } from './layers.ts';
import type { Batch, ForwardMode, ForwardPass, NetworkFunction, NetworkTensor } from './network-function.ts';
import { tensorsOf } from './network-tensors.ts';

/**
 * torchvision's ResNet v1.5: basic blocks, or bottleneck blocks whose 3×3 convolution has the stride; batch normalisation after every
 * convolution, ReLU. The head takes the mean of the pixels that are left. The head is the configuration's dense
 * layers instead of torchvision's `fc`.
 */
export function resnet(
  config: TrainingConfig,
  { blocks, block, stem }: Extract<Network, { kind: 'resnet' }>,
  input: InputForm,
): NetworkFunction {
  const { layers, parameters: parameterCount } = networkShapes(config.network, input);
  const denseLayers = layers.filter(({ kind }) => kind === 'dense');
  const layerNames = new Set(layers.map(({ name }) => name));

  function forward(weights: DeviceTensors, x: Batch['x'], mode: ForwardMode): ForwardPass {
    const buffers: DeviceTensors = {};

    /** Convolution and batch normalisation. */
    function convolve(
      image: Tensor4D,
      conv: string,
      norm: string,
      stride: number,
      padding: number,
    ): Tensor4D {
      const convolved = convolution(image, weights[`${conv}.weight`] as Tensor4D, stride, padding);
      return normalise(convolved, weights, norm, mode, buffers);
    }

    function basicBlock(image: Tensor4D, name: string, stride: number): Tensor4D {
      const y = relu(convolve(image, `${name}.conv1`, `${name}.bn1`, stride, 1));
      return convolve(y, `${name}.conv2`, `${name}.bn2`, 1, 1);
    }

    function bottleneck(image: Tensor4D, name: string, stride: number): Tensor4D {
      let y = relu(convolve(image, `${name}.conv1`, `${name}.bn1`, 1, 0));
      y = relu(convolve(y, `${name}.conv2`, `${name}.bn2`, stride, 1));
      return convolve(y, `${name}.conv3`, `${name}.bn3`, 1, 0);
    }

    function residual(image: Tensor4D, name: string, stride: number): Tensor4D {
      const y = block === 'basic' ? basicBlock(image, name, stride) : bottleneck(image, name, stride);
      const shortcut = layerNames.has(`${name}.downsample.0`)
        ? convolve(image, `${name}.downsample.0`, `${name}.downsample.1`, stride, 0)
        : image;
      return relu(tf.add(y, shortcut));
    }

    const given = x as Tensor4D;
    let image =
      stem === 'small'
        ? relu(convolve(given, 'conv1', 'bn1', 1, 1))
        : stemPool(relu(convolve(given, 'conv1', 'bn1', 2, 3)));
    for (const [group, count] of blocks.entries()) {
      for (let index = 0; index < count; index++) {
        const stride = group > 0 && index === 0 ? 2 : 1;
        image = residual(image, `layer${group + 1}.${index}`, stride);
      }
    }
    const features = averageOfPixels(image);
    return { logits: head(features, denseLayers, weights, config, mode), buffers };
  }

  return {
    input,
    ...tensorsOf(layers, kaimingTensors),
    parameterCount,
    forward,
  };
}

// --- helpers ---

/** A convolution without bias, in torchvision's way: Kaiming normal by fan-out. */
function kaimingTensors({ name, weight }: LayerShape): NetworkTensor[] {
  const [kernel, , , outputs] = weight as [number, number, number, number];
  const deviation = Math.sqrt(2 / (kernel * kernel * outputs));
  return [{ name: `${name}.weight`, shape: weight, initial: { kind: 'normal', deviation } }];
}

/**
 * 3×3, stride 2, one pixel of padding. PyTorch pads with −∞. After a ReLU, zeros give the same, because no output is
 * less than 0: if a padding zero is a window's largest value, an output of 0 is too, and no gradient passes through it.
 */
function stemPool(x: Tensor4D): Tensor4D {
  return tf.maxPool(pad(x, 1), 3, 2, 'valid');
}
