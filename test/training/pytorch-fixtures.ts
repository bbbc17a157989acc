import { sizeOf } from '../../study/definition/network-shapes.ts';
import type { LabelledImages } from '../../training/data/labelled-images.ts';
import type { NamedTensor } from '../../training/tensorflow/named-tensors.ts';
import { type Tensor4D, tf } from '../../training/tensorflow/tensorflow.ts';

/** What a fixture holds of a tensor. */
export interface Summary {
  norm: number;
  /** Evenly spaced from the first to the last value. */
  entries: number[];
}

/** As `images` and `labels` in filling.py. */
export function filledImages(count: number): LabelledImages {
  return {
    pixels: Uint8Array.from({ length: count * 3072 }, (_, index) => bits(index, 0) >>> 24),
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
  };
}

/** Our axes in PyTorch's order, by rank: [height, width, in, out] → [out, in, height, width]. */
export const TO_PYTORCH: Record<number, number[]> = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] };

/** [count, 32, 32, 3]: the images of make-weights.py, whose values are `noise` in PyTorch's order. */
export function noisyImages(count: number): Tensor4D {
  const theirs = tf.tensor(Float32Array.from(noise(count * 3072, 0)), [count, 3, 32, 32]);
  return tf.transpose(theirs, [0, 2, 3, 1]) as Tensor4D;
}

/**
 * As `fill` in filling.py, in our order of axes.
 *
 * @param seed the tensor's place among the network's, from 1.
 * @param pixels height, width and channels of the image that a dense layer takes flattened.
 */
export function filled(name: string, shape: number[], seed: number, pixels?: number[]): NamedTensor {
  const axes = unflattened(shape, pixels);
  const order = TO_PYTORCH[axes.length] as number[];
  const theirs = order.map((axis) => axes[axis] as number);
  const size = sizeOf(theirs);
  let [spread, base] = [0.25, 0];
  if (shape.length > 1) spread = Math.sqrt(6 / (size / (theirs[0] as number)));
  else if (name.endsWith('bn3.weight')) [spread, base] = [0.125, 0.25];
  else if (/(running_var|weight)$/.test(name)) base = 1;
  const values = new Float32Array(size);
  for (const [index, value] of noise(size, seed).entries()) values[index] = base + value * spread;
  const back = order.map((_, axis) => order.indexOf(axis));
  return { shape, data: transposed(values, theirs, back) };
}

/** A tensor's values in PyTorch's order. @param pixels see {@link filled}. */
export function inPyTorchOrder({ shape, data }: NamedTensor, pixels?: number[]): Float32Array {
  const axes = unflattened(shape, pixels);
  return transposed(data, axes, TO_PYTORCH[axes.length] as number[]);
}

// --- helpers ---

/** The weights of a dense layer over a flattened image: our order of inputs differs from PyTorch's. */
function unflattened(shape: number[], pixels: number[] | undefined): number[] {
  return pixels && shape.length === 2 ? [...pixels, shape[1] as number] : shape;
}

function transposed(data: Float32Array, shape: number[], order: number[]): Float32Array {
  const result = tf.tidy(() => tf.transpose(tf.tensor(data, shape), order));
  // Outside, because `tidy` would look for tensors in the array, value by value.
  const values = result.dataSync<'float32'>();
  result.dispose();
  return values;
}

/** As `bits` in filling.py. */
function bits(index: number, seed: number): number {
  let x = index + Math.imul(seed, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** As `values` in filling.py: numbers in [-1, 1). */
function noise(size: number, seed: number): Float64Array {
  const values = new Float64Array(size);
  for (let index = 0; index < size; index++) values[index] = (bits(index, seed) >>> 8) * 2 ** -23 - 1;
  return values;
}
