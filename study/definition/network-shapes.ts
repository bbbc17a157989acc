import { type InputForm, imageShape, valuesOf } from './input-form.ts';
import type { Network } from './training-config.ts';

/** Edge and stride of the max pool after a convolution in a network of kind `conv`. */
export const POOL_SIZE = 2;

/** One layer with parameters. Shapes have no batch axis: `[height, width, channels]`, or `[features]`. */
export interface LayerShape {
  /** Also the prefix of the names of its parameters. */
  name: string;
  kind: 'conv' | 'batchNorm' | 'dense';
  input: number[];
  /** Of a convolution that a max pool follows in a network of kind `conv`: after the pool. */
  output: number[];
  /** What that max pool takes; absent if none follows. */
  beforePool?: number[];
  /** Height and width of the image that a dense layer takes flattened; absent if it takes features. */
  flattens?: [height: number, width: number];
  /** Convolutions `[kernel, kernel, in, out]`, batch normalisation `[channels]`, dense layers `[in, out]`. */
  weight: number[];
  /** Whether it has a bias: one value for each output channel or unit. */
  bias: boolean;
  /** Number of trained values: weights and biases. */
  parameters: number;
  /** Of the forward pass of one image. Batch normalisation, activations and pools are left out. */
  multiplyAdds: number;
}

export interface NetworkShapes {
  layers: LayerShape[];
  /** Number of trained values in all layers. */
  parameters: number;
  /** Of the forward pass of one image, in all layers. */
  multiplyAdds: number;
}

/** A network that shrinks images to nothing, or that takes images where there is a table. */
export class NetworkShapeError extends Error {
  override name = 'NetworkShapeError';
}

/**
 * The layers of a network, input to output, including the output layer with a unit for each class.
 *
 * @param input the form of its examples.
 * @throws {NetworkShapeError} if a convolution or its pool would leave less than one pixel, or if there are no images.
 */
export function networkShapes(network: Network, input: InputForm): NetworkShapes {
  const layers = layersOf(network, input);
  return {
    layers,
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    multiplyAdds: layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
  };
}

/** Number of values of a shape; Infinity if it is too large to be exact, as a shape in a file may be. */
export function sizeOf(shape: readonly number[]): number {
  const size = shape.reduce((total, length) => total * length, 1);
  return size <= Number.MAX_SAFE_INTEGER ? size : Number.POSITIVE_INFINITY;
}

// --- helpers ---

function layersOf(network: Network, input: InputForm): LayerShape[] {
  switch (network.kind) {
    case 'dense':
      return denseNetworkLayers(network.hidden, input);
    case 'conv':
      return convLayers(network, input);
    case 'resnet':
      return resnetLayers(network, input);
  }
}

/** @throws {NetworkShapeError} if the data are a table. */
function imageOf(input: InputForm, kind: Network['kind']): [height: number, width: number, channels: number] {
  const shape = imageShape(input);
  if (shape) return shape;
  throw new NetworkShapeError(
    `a network of kind ${kind} takes images, and the data are a table; use kind dense`,
  );
}

function denseLayers(name: string, inputs: number, hidden: readonly number[], classes: number): LayerShape[] {
  return [...hidden, classes].map((units, index) => {
    const features = index === 0 ? inputs : (hidden[index - 1] as number);
    // A ResNet without hidden layers has torchvision's own names.
    const own = name === 'fc' && hidden.length === 0 ? name : `${name}.${index}`;
    return layer(own, 'dense', [features], [units], [features, units]);
  });
}

/** The same layers, of which the first takes an image flattened. */
function flattening([first, ...rest]: LayerShape[], image: Size): LayerShape[] {
  return first ? [{ ...first, flattens: image }, ...rest] : [];
}

function denseNetworkLayers(hidden: readonly number[], input: InputForm): LayerShape[] {
  const layers = denseLayers('layers', valuesOf(input), hidden, input.classes);
  const image = imageShape(input);
  return image ? flattening(layers, [image[0], image[1]]) : layers;
}

function convLayers(
  { convolutions, globalPool, hidden }: Extract<Network, { kind: 'conv' }>,
  input: InputForm,
): LayerShape[] {
  const layers: LayerShape[] = [];
  let [height, width, channels] = imageOf(input, 'conv');
  for (const [index, convolution] of convolutions.entries()) {
    const { filters, kernel, padding, stride = 1, batchNorm = false, pool = true } = convolution;
    const name = `conv.${index}`;
    const convolved = eachSide(
      [height, width],
      (size) => Math.floor((size + 2 * padding - kernel) / stride) + 1,
    );
    const left = pool ? eachSide(convolved, (size) => Math.floor(size / POOL_SIZE)) : convolved;
    if (Math.min(...left) < 1) throw new NetworkShapeError(shrunk(name, [height, width], convolution));
    const before = [...convolved, filters];
    const weight = [kernel, kernel, channels, filters];
    layers.push({
      ...layer(name, 'conv', [height, width, channels], [...left, filters], weight, !batchNorm),
      ...(pool && { beforePool: before }),
      multiplyAdds: sizeOf(convolved) * sizeOf(weight),
    });
    if (batchNorm) layers.push(layer(`bn.${index}`, 'batchNorm', before, before, [filters]));
    [height, width] = left;
    channels = filters;
  }
  if (globalPool) return [...layers, ...denseLayers('layers', channels, hidden, input.classes)];
  const dense = denseLayers('layers', height * width * channels, hidden, input.classes);
  return [...layers, ...flattening(dense, [height, width])];
}

/** With how many times the channels that it works with a block ends. */
const EXPANSIONS = { basic: 1, bottleneck: 4 };

/**
 * torchvision's ResNet v1.5, in its order and with its names. The head is called `fc`, as there. If it has hidden layers, its layers
 * are numbered `fc.0`, `fc.1` and so on, without counting activations and dropout.
 */
function resnetLayers(network: Extract<Network, { kind: 'resnet' }>, input: InputForm): LayerShape[] {
  const { blocks, width, hidden, block: kind = 'bottleneck', stem } = network;
  const layers: LayerShape[] = [];
  /** A convolution without bias and the batch normalisation that follows it. */
  const add = (conv: string, norm: string, kernel: number, [from, to]: [Size, Size], channels: Size) => {
    const [inputs, outputs] = channels;
    const output = [...to, outputs];
    const weight = [kernel, kernel, inputs, outputs];
    layers.push(layer(conv, 'conv', [...from, inputs], output, weight, false));
    layers.push(layer(norm, 'batchNorm', output, output, [outputs]));
  };

  const [imageHeight, imageWidth, imageChannels] = imageOf(input, 'resnet');
  let size: Size = [imageHeight, imageWidth];
  if (stem === 'small') add('conv1', 'bn1', 3, [size, size], [imageChannels, width]);
  else {
    add('conv1', 'bn1', 7, [size, halved(size)], [imageChannels, width]);
    size = halved(halved(size)); // after the stem's max pool
  }
  let channels = width;
  for (const [group, count] of blocks.entries()) {
    const inner = width * 2 ** group;
    const outer = inner * EXPANSIONS[kind];
    for (let block = 0; block < count; block++) {
      const name = `layer${group + 1}.${block}`;
      const isHalved = group > 0 && block === 0;
      const next = isHalved ? halved(size) : size;
      if (kind === 'basic') {
        add(`${name}.conv1`, `${name}.bn1`, 3, [size, next], [channels, inner]);
        add(`${name}.conv2`, `${name}.bn2`, 3, [next, next], [inner, inner]);
      } else {
        add(`${name}.conv1`, `${name}.bn1`, 1, [size, size], [channels, inner]);
        add(`${name}.conv2`, `${name}.bn2`, 3, [size, next], [inner, inner]);
        add(`${name}.conv3`, `${name}.bn3`, 1, [next, next], [inner, outer]);
      }
      if (isHalved || channels !== outer) {
        add(`${name}.downsample.0`, `${name}.downsample.1`, 1, [size, next], [channels, outer]);
      }
      size = next;
      channels = outer;
    }
  }
  return [...layers, ...denseLayers('fc', channels, hidden, input.classes)];
}

type Size = [height: number, width: number];
type Convolution = Extract<Network, { kind: 'conv' }>['convolutions'][number];

function eachSide([height, width]: Size, of: (size: number) => number): Size {
  return [of(height), of(width)];
}

/** What stride 2 leaves with the padding that ResNets have, rounded up. */
function halved(size: Size): Size {
  return eachSide(size, (side) => Math.ceil(side / 2));
}

function layer(
  name: string,
  kind: LayerShape['kind'],
  input: number[],
  output: number[],
  weight: number[],
  bias = true,
): LayerShape {
  const parameters = sizeOf(weight) + (bias ? (weight.at(-1) ?? 0) : 0);
  const [positions, multiplied] = [sizeOf(output.slice(0, -1)), kind === 'batchNorm' ? 0 : sizeOf(weight)];
  return { name, kind, input, output, weight, bias, parameters, multiplyAdds: positions * multiplied };
}

function shrunk(name: string, size: Size, { kernel, padding, stride = 1, pool }: Convolution): string {
  const padded = Math.min(...size) + 2 * padding;
  const needed = pool === false ? kernel : kernel + stride * (POOL_SIZE - 1);
  const what = padded < kernel ? `only ${padded} pixels with its padding` : 'one pixel before its pool';
  return (
    `network ${name}: a ${kernel}×${kernel} kernel over ${size.join('×')} pixels with padding ${padding} has ${what}; ` +
    `it needs ${needed} or more. Use fewer convolutions, a smaller kernel or more padding`
  );
}
