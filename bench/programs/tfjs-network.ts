/** The study's networks made from tfjs's own layers. */
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { POOL_SIZE } from '../../study/definition/network-shapes.ts';
import type { Network } from '../../study/definition/training-config.ts';

type Features = TensorFlow.SymbolicTensor;

export function tfjsNetwork(
  { layers, input, model }: typeof TensorFlow,
  network: Network,
): TensorFlow.LayersModel {
  const images = input({ shape: [...CIFAR10_INPUT.shape] });
  let features = network.kind === 'resnet' ? resnetFeatures(images, network) : plainFeatures(images, network);
  for (const units of network.hidden) features = apply(layers.dense({ units, activation: 'relu' }), features);
  return model({ inputs: images, outputs: apply(layers.dense({ units: CIFAR10_INPUT.classes }), features) });

  function plainFeatures(image: Features, plain: Exclude<Network, { kind: 'resnet' }>): Features {
    let x = image;
    for (const { filters, kernel, padding } of plain.kind === 'conv' ? plain.convolutions : []) {
      const mode = padding > 0 ? 'same' : 'valid';
      x = apply(layers.conv2d({ filters, kernelSize: kernel, padding: mode, activation: 'relu' }), x);
      x = apply(layers.maxPooling2d({ poolSize: POOL_SIZE }), x);
    }
    return apply(layers.flatten(), x);
  }

  function resnetFeatures(
    image: Features,
    { blocks, width }: Extract<Network, { kind: 'resnet' }>,
  ): Features {
    let x = apply(layers.reLU(), normalised(image, width, 7, 2));
    x = apply(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), x);
    for (const [group, count] of blocks.entries()) {
      for (let block = 0; block < count; block++) {
        x = bottleneck(x, width * 2 ** group, group > 0 && block === 0 ? 2 : 1, block === 0);
      }
    }
    return apply(layers.globalAveragePooling2d({}), x);
  }

  function bottleneck(x: Features, filters: number, stride: number, projected: boolean): Features {
    const shortcut = projected ? normalised(x, 4 * filters, 1, stride) : x;
    let inner = apply(layers.reLU(), normalised(x, filters, 1, 1));
    inner = apply(layers.reLU(), normalised(inner, filters, 3, stride));
    inner = normalised(inner, 4 * filters, 1, 1);
    return apply(layers.reLU(), layers.add().apply([inner, shortcut]) as Features);
  }

  function normalised(x: Features, filters: number, kernelSize: number, strides: number): Features {
    const convolution = layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false });
    return apply(layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }), apply(convolution, x));
  }
}

// --- helpers ---

function apply(layer: TensorFlow.layers.Layer, x: Features): Features {
  return layer.apply(x) as Features;
}
