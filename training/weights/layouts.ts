import type { InputForm } from '../../study/definition/input-form.ts';
import { type LayerShape, networkShapes } from '../../study/definition/network-shapes.ts';
import type { Network } from '../../study/definition/training-config.ts';
import type { NamedTensor } from '../tensorflow/named-tensors.ts';

/** A tensor's layout in our networks and in PyTorch. */
export interface TensorLayout {
  /** The same in both: `layer1.0.conv1.weight`, `fc.0.bias`. */
  name: string;
  /** PyTorch's: convolutions `[out, in, height, width]`, dense layers `[out, in]`, all others `[out]`. */
  torchShape: number[];
  /** Ours: convolutions `[height, width, in, out]`, dense layers `[in, out]`, all others `[out]`. */
  shape: number[];
  /**
   * PyTorch's shape as the four axes to permute. A dense layer over a flattened image has height and width too, because
   * PyTorch flattens channels first and we flatten them last. Absent if nothing is permuted.
   */
  axes?: [out: number, input: number, height: number, width: number];
}

/** All tensors of a network that a file of weights may have, in the network's order. */
export function tensorLayouts(network: Network, input: InputForm): TensorLayout[] {
  return networkShapes(network, input).layers.flatMap(layerLayouts);
}

/** Converts a tensor from PyTorch's layout to ours. */
export function fromPyTorch({ shape, axes }: TensorLayout, { data }: NamedTensor): NamedTensor {
  return { shape, data: axes ? permuted(data, axes, true) : data };
}

/** Converts a tensor from our layout to PyTorch's. */
export function toPyTorch({ torchShape, axes }: TensorLayout, { data }: NamedTensor): NamedTensor {
  return { shape: torchShape, data: axes ? permuted(data, axes, false) : data };
}

// --- helpers ---

function layerLayouts({ name, kind, weight, bias, flattens = [1, 1] }: LayerShape): TensorLayout[] {
  const [height, width] = flattens;
  const outputs = weight.at(-1) as number;
  const vector = (part: string): TensorLayout => ({
    name: `${name}.${part}`,
    torchShape: [outputs],
    shape: [outputs],
  });
  const biases = bias ? [vector('bias')] : [];
  switch (kind) {
    case 'batchNorm':
      return ['weight', 'bias', 'running_mean', 'running_var'].map(vector);
    case 'conv': {
      const [kernelHeight, kernelWidth, inputs] = weight as [number, number, number, number];
      const axes: NonNullable<TensorLayout['axes']> = [outputs, inputs, kernelHeight, kernelWidth];
      return [{ name: `${name}.weight`, torchShape: axes, shape: weight, axes }, ...biases];
    }
    case 'dense': {
      const [inputs] = weight as [number, number];
      const axes: NonNullable<TensorLayout['axes']> = [outputs, inputs / (height * width), height, width];
      return [{ name: `${name}.weight`, torchShape: [outputs, inputs], shape: weight, axes }, ...biases];
    }
  }
}

/** `[out, in, height, width]` to `[height, width, in, out]`, or back. */
function permuted(
  data: Float32Array,
  [outputs, inputs, height, width]: NonNullable<TensorLayout['axes']>,
  toOurs: boolean,
): Float32Array {
  const result = new Float32Array(data.length);
  let theirs = 0;
  for (let out = 0; out < outputs; out++) {
    for (let input = 0; input < inputs; input++) {
      for (let pixel = 0; pixel < height * width; pixel++) {
        const ours = (pixel * inputs + input) * outputs + out;
        if (toOurs) result[ours] = data[theirs] as number;
        else result[theirs] = data[ours] as number;
        theirs++;
      }
    }
  }
  return result;
}
