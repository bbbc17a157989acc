import { expect } from 'vitest';
import type { LabelledImages } from '../../training/batches.ts';
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
export const toPyTorch: Record<number, number[]> = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] };

/** [count, 32, 32, 3]: the images of make-weights.py, whose values are `noise` as PyTorch orders them. */
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
  const order = toPyTorch[axes.length] as number[];
  const theirs = order.map((axis) => axes[axis] as number);
  const size = theirs.reduce((a, b) => a * b, 1);
  let [spread, base] = [0.25, 0];
  if (shape.length > 1) spread = Math.sqrt(6 / (size / (theirs[0] as number)));
  else if (name.endsWith('bn3.weight')) [spread, base] = [0.125, 0.25];
  else if (/(running_var|weight)$/.test(name)) base = 1;
  const values = Float32Array.from(noise(size, seed), (value) => base + value * spread);
  const back = order.map((_, axis) => order.indexOf(axis));
  return { shape, data: transposed(values, theirs, back) };
}

/**
 * Compares norm and entries.
 *
 * @param tolerance share of the norm, and of ten times the root mean square for single entries.
 */
export function expectLike(
  { shape, data }: NamedTensor,
  want: Summary,
  tolerance: number,
  what: string,
  pixels?: number[],
): void {
  const norm = Math.sqrt(data.reduce((sum, each) => sum + each * each, 0));
  expect(Math.abs(norm / want.norm - 1), `${what}: norm ${norm} for ${want.norm}`).toBeLessThan(tolerance);
  const axes = unflattened(shape, pixels);
  const theirs = transposed(data, axes, toPyTorch[axes.length] as number[]);
  const last = want.entries.length - 1;
  const entries = want.entries.map((_, k) => theirs[Math.round((k * (data.length - 1)) / last)] as number);
  expectClose(entries, want.entries, (10 * tolerance * want.norm) / Math.sqrt(data.length), what);
}

export function expectClose(
  got: ArrayLike<number>,
  want: readonly number[],
  tolerance: number,
  what: string,
): void {
  expect(got.length).toBe(want.length);
  for (const [index, value] of want.entries()) {
    const error = Math.abs((got[index] as number) - value);
    expect(error, `${what}[${index}]: ${got[index]} for ${value}`).toBeLessThan(tolerance);
  }
}

// --- helpers ---

/** The weights of a dense layer over a flattened image: ours count its inputs in another order than PyTorch's. */
function unflattened(shape: number[], pixels: number[] | undefined): number[] {
  return pixels && shape.length === 2 ? [...pixels, shape[1] as number] : shape;
}

function transposed(data: Float32Array, shape: number[], order: number[]): Float32Array {
  const result = tf.tidy(() => tf.transpose(tf.tensor(data, shape), order));
  // Not inside: `tidy` would look for tensors in the array, value by value.
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
  return Float64Array.from({ length: size }, (_, index) => (bits(index, seed) >>> 8) * 2 ** -23 - 1);
}
