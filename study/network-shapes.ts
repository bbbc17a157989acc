import type { Network } from './training-config.ts';

/** Edge of an image, pixels. */
export const IMAGE_SIZE = 32;
export const IMAGE_CHANNELS = 3;
export const CLASSES = 10;
/** Edge and stride of the max pool that follows every convolution. */
export const POOL_SIZE = 2;

/** One layer with parameters. Shapes hold no batch axis: `[height, width, channels]`, or `[features]`. */
interface LayerShape {
  /** Also the prefix of its parameters' names. */
  name: string;
  kind: 'conv' | 'dense';
  input: number[];
  /** Of a convolution: after its pool. */
  output: number[];
  /** Convolutions `[kernel, kernel, in, out]`, dense layers `[in, out]`. */
  weight: number[];
  /** Inputs that one output value is computed from. */
  fanIn: number;
  /** Weights and biases. */
  parameters: number;
}

export interface NetworkShapes {
  layers: LayerShape[];
  /** Weights and biases of all layers. */
  parameters: number;
}

/** A network that no image fits through. */
export class NetworkShapeError extends Error {
  override name = 'NetworkShapeError';
}

/**
 * The layers of a network over 32×32 colour images, input to output, the ten-class output layer included.
 *
 * @throws NetworkShapeError where a convolution or its pool would leave less than one pixel.
 */
export function networkShapes(network: Network): NetworkShapes {
  const layers: LayerShape[] = [];
  let size = IMAGE_SIZE;
  let channels = IMAGE_CHANNELS;
  if (network.kind === 'conv') {
    for (const [index, { filters, kernel, padding }] of network.convolutions.entries()) {
      const name = `conv.${index}`;
      const convolved = size + 2 * padding - kernel + 1;
      const pooled = Math.floor(convolved / POOL_SIZE);
      if (pooled < 1) throw new NetworkShapeError(shrunk(name, size, kernel, padding, convolved));
      const weight = [kernel, kernel, channels, filters];
      layers.push(layer(name, 'conv', [size, size, channels], [pooled, pooled, filters], weight));
      size = pooled;
      channels = filters;
    }
  }
  let features = size * size * channels;
  for (const [index, units] of [...network.hidden, CLASSES].entries()) {
    layers.push(layer(`layers.${index}`, 'dense', [features], [units], [features, units]));
    features = units;
  }
  return { layers, parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0) };
}

// --- helpers ---

function layer(
  name: string,
  kind: LayerShape['kind'],
  input: number[],
  output: number[],
  weight: number[],
): LayerShape {
  const units = weight.at(-1) ?? 0;
  const fanIn = product(weight) / units;
  return { name, kind, input, output, weight, fanIn, parameters: product(weight) + units };
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

function shrunk(name: string, size: number, kernel: number, padding: number, convolved: number): string {
  const what =
    convolved < 1 ? `only ${size + 2 * padding} pixels with its padding` : 'one pixel before its pool';
  return (
    `network ${name}: a ${kernel}×${kernel} kernel over ${size}×${size} pixels with padding ${padding} has ${what}; ` +
    `it needs ${kernel + POOL_SIZE - 1} or more. Use fewer convolutions, a smaller kernel or more padding`
  );
}
