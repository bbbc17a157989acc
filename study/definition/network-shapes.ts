import type { Network } from './training-config.ts';

/** Edge of an image, pixels. */
export const IMAGE_SIZE = 32;
export const IMAGE_CHANNELS = 3;
/** One byte a pixel and channel. */
export const IMAGE_BYTES = IMAGE_SIZE * IMAGE_SIZE * IMAGE_CHANNELS;
export const CLASSES = 10;
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

/** A network that shrinks images to nothing. */
export class NetworkShapeError extends Error {
  override name = 'NetworkShapeError';
}

/**
 * The layers of a network for 32×32 colour images, input to output, including the ten-class output layer.
 *
 * @throws {NetworkShapeError} if a convolution or its pool would leave less than one pixel.
 */
export function networkShapes(network: Network): NetworkShapes {
  const layers = layersOf(network);
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

function layersOf(network: Network): LayerShape[] {
  switch (network.kind) {
    case 'dense':
      return flattening(denseLayers('layers', IMAGE_SIZE * IMAGE_SIZE * IMAGE_CHANNELS, network.hidden), [
        IMAGE_SIZE,
        IMAGE_SIZE,
      ]);
    case 'conv':
      return convLayers(network);
    case 'resnet':
      return resnetLayers(network);
  }
}

function denseLayers(name: string, inputs: number, hidden: readonly number[]): LayerShape[] {
  return [...hidden, CLASSES].map((units, index) => {
    const features = index === 0 ? inputs : (hidden[index - 1] as number);
    // A ResNet without hidden layers has torchvision's own names.
    const own = name === 'fc' && hidden.length === 0 ? name : `${name}.${index}`;
    return layer(own, 'dense', [features], [units], [features, units]);
  });
}

/** The same layers, of which the first takes an image flattened. */
function flattening([first, ...rest]: LayerShape[], image: [number, number]): LayerShape[] {
  return first ? [{ ...first, flattens: image }, ...rest] : [];
}

function convLayers({ convolutions, globalPool, hidden }: Extract<Network, { kind: 'conv' }>): LayerShape[] {
  const layers: LayerShape[] = [];
  let size = IMAGE_SIZE;
  let channels = IMAGE_CHANNELS;
  for (const [index, convolution] of convolutions.entries()) {
    const { filters, kernel, padding, stride = 1, batchNorm = false, pool = true } = convolution;
    const name = `conv.${index}`;
    const convolved = Math.floor((size + 2 * padding - kernel) / stride) + 1;
    const left = pool ? Math.floor(convolved / POOL_SIZE) : convolved;
    if (left < 1) throw new NetworkShapeError(shrunk(name, size, convolution));
    const before = [convolved, convolved, filters];
    const weight = [kernel, kernel, channels, filters];
    layers.push({
      ...layer(name, 'conv', [size, size, channels], [left, left, filters], weight, !batchNorm),
      ...(pool && { beforePool: before }),
      multiplyAdds: convolved ** 2 * sizeOf(weight),
    });
    if (batchNorm) layers.push(layer(`bn.${index}`, 'batchNorm', before, before, [filters]));
    size = left;
    channels = filters;
  }
  if (globalPool) return [...layers, ...denseLayers('layers', channels, hidden)];
  return [...layers, ...flattening(denseLayers('layers', size * size * channels, hidden), [size, size])];
}

/** With how many times the channels that it works with a block ends. */
const EXPANSIONS = { basic: 1, bottleneck: 4 };

/**
 * torchvision's ResNet v1.5, in its order and with its names. The head is called `fc`, as there. If it has hidden layers, its layers
 * are numbered `fc.0`, `fc.1` and so on, without counting activations and dropout.
 */
function resnetLayers(network: Extract<Network, { kind: 'resnet' }>): LayerShape[] {
  const { blocks, width, hidden, block: kind = 'bottleneck', stem } = network;
  const layers: LayerShape[] = [];
  /** A convolution without bias and the batch normalisation that follows it. */
  const add = (conv: string, norm: string, kernel: number, [from, to]: Sizes, [inputs, outputs]: Sizes) => {
    const output = [to, to, outputs];
    const weight = [kernel, kernel, inputs, outputs];
    layers.push(layer(conv, 'conv', [from, from, inputs], output, weight, false));
    layers.push(layer(norm, 'batchNorm', output, output, [outputs]));
  };

  let size = IMAGE_SIZE;
  if (stem === 'small') add('conv1', 'bn1', 3, [size, size], [IMAGE_CHANNELS, width]);
  else {
    add('conv1', 'bn1', 7, [size, size / 2], [IMAGE_CHANNELS, width]);
    size /= 4; // after the stem's max pool
  }
  let channels = width;
  for (const [group, count] of blocks.entries()) {
    const inner = width * 2 ** group;
    const outer = inner * EXPANSIONS[kind];
    for (let block = 0; block < count; block++) {
      const name = `layer${group + 1}.${block}`;
      const next = group > 0 && block === 0 ? size / 2 : size;
      if (kind === 'basic') {
        add(`${name}.conv1`, `${name}.bn1`, 3, [size, next], [channels, inner]);
        add(`${name}.conv2`, `${name}.bn2`, 3, [next, next], [inner, inner]);
      } else {
        add(`${name}.conv1`, `${name}.bn1`, 1, [size, size], [channels, inner]);
        add(`${name}.conv2`, `${name}.bn2`, 3, [size, next], [inner, inner]);
        add(`${name}.conv3`, `${name}.bn3`, 1, [next, next], [inner, outer]);
      }
      if (next !== size || channels !== outer) {
        add(`${name}.downsample.0`, `${name}.downsample.1`, 1, [size, next], [channels, outer]);
      }
      size = next;
      channels = outer;
    }
  }
  return [...layers, ...denseLayers('fc', channels, hidden)];
}

type Sizes = [number, number];
type Convolution = Extract<Network, { kind: 'conv' }>['convolutions'][number];

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

function shrunk(name: string, size: number, { kernel, padding, stride = 1, pool }: Convolution): string {
  const padded = size + 2 * padding;
  const needed = pool === false ? kernel : kernel + stride * (POOL_SIZE - 1);
  const what = padded < kernel ? `only ${padded} pixels with its padding` : 'one pixel before its pool';
  return (
    `network ${name}: a ${kernel}×${kernel} kernel over ${size}×${size} pixels with padding ${padding} has ${what}; ` +
    `it needs ${needed} or more. Use fewer convolutions, a smaller kernel or more padding`
  );
}
