import { type LayerShape, sizeOf } from '../../study/definition/network-shapes.ts';
import { batchNormTensors } from './batch-norm.ts';
import type { NetworkTensor } from './network-function.ts';

/**
 * The tensors of a network, in the order of its layers. Dense layers start uniform.
 *
 * @param ofConvolution the tensors of a convolution, which differ in how they start.
 */
export function tensorsOf(
  layers: readonly LayerShape[],
  ofConvolution: (layer: LayerShape) => NetworkTensor[],
): { parameters: NetworkTensor[]; buffers: NetworkTensor[] } {
  const tensors = layers.map((layer) => {
    if (layer.kind === 'batchNorm') return batchNormTensors(layer.name, layer.weight[0] as number);
    const ofLayer = layer.kind === 'conv' ? ofConvolution : uniformTensors;
    return { parameters: ofLayer(layer), buffers: [] };
  });
  return {
    parameters: tensors.flatMap(({ parameters }) => parameters),
    buffers: tensors.flatMap(({ buffers }) => buffers),
  };
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
