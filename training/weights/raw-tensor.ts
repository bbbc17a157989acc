import { sizeOf } from '../../study/definition/network-shapes.ts';
import type { NamedTensor } from '../tensorflow/named-tensors.ts';
import { WeightsError } from './weights-error.ts';

/** The types of values in files of weights. Integers are counters, not weights. */
export const DTYPE_BYTES = { float32: 4, float16: 2, bfloat16: 2, float64: 8, int64: 8 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** A convolution has four. */
export const MAX_AXES = 8;

/** A tensor as a file has it. Sizes, strides and the offset count values, not bytes. */
export interface RawTensor {
  name: string;
  dtype: Dtype;
  shape: number[];
  strides: number[];
  /** Position of the first value in the storage. */
  offset: number;
  /** Little-endian values. */
  storage: Uint8Array;
}

/** Strides of a tensor whose values are in row-major order without gaps. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number);
  }
  return strides;
}

/**
 * Checks that every value of a tensor lies in its storage, and that it doesn't have more values than the storage.
 *
 * @param format for the message: see {@link WeightsError}.
 * @throws {WeightsError} if a value lies outside.
 */
export function checkBounds(format: string, tensor: RawTensor): void {
  const { name, dtype, shape, strides, offset, storage } = tensor;
  const room = Math.floor(storage.length / DTYPE_BYTES[dtype]);
  const fail = (problem: string): never => {
    throw new WeightsError(format, name, problem);
  };
  if (shape.length > MAX_AXES) fail(`expected at most ${MAX_AXES} axes, got ${shape.length}`);
  if (shape.length !== strides.length) {
    fail(`expected a stride for each of ${shape.length} axes, got ${strides.length}`);
  }
  if (![...shape, ...strides, offset].every((value) => Number.isSafeInteger(value) && value >= 0)) {
    fail(
      `expected non-negative integers for shape, strides and offset, got [${shape}], [${strides}] and ${offset}`,
    );
  }
  const size = sizeOf(shape);
  if (size > room) {
    fail(`the shape [${shape.join(', ')}] needs ${size} values, but its storage has ${room}`);
  }
  const last = shape.reduce((at, length, axis) => at + (length - 1) * (strides[axis] as number), offset);
  if (size > 0 && last >= room) {
    fail(`its last value would be number ${last} of a storage that has ${room}`);
  }
}

/**
 * A tensor's values as float32, in row-major order.
 *
 * @throws {WeightsError} if a value is NaN or infinite, or too large for float32.
 */
export function toFloat32(format: string, tensor: RawTensor): NamedTensor {
  const { name, dtype, shape, strides, offset, storage } = tensor;
  const size = sizeOf(shape);
  const data = new Float32Array(size);
  const read = reader(dtype, storage);
  const position = new Array<number>(shape.length).fill(0);
  let at = offset;
  for (let index = 0; index < size; index++) {
    const value = read(at);
    data[index] = value;
    if (!Number.isFinite(data[index])) {
      const problem = Number.isFinite(value) ? `${value}, which float32 can't hold` : String(value);
      throw new WeightsError(format, name, `value ${index} is ${problem}; weights must be finite numbers`);
    }
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      at += stride;
      position[axis] = (position[axis] as number) + 1;
      if (position[axis] !== shape[axis]) break;
      at -= stride * (shape[axis] as number);
      position[axis] = 0;
    }
  }
  return { shape, data };
}

// --- helpers ---

function reader(dtype: Dtype, { buffer, byteOffset, byteLength }: Uint8Array): (at: number) => number {
  const view = new DataView(buffer, byteOffset, byteLength);
  switch (dtype) {
    case 'float32':
      return (at) => view.getFloat32(at * 4, true);
    case 'float64':
      return (at) => view.getFloat64(at * 8, true);
    case 'float16':
      return (at) => fromHalf(view.getUint16(at * 2, true));
    case 'bfloat16': {
      const wide = new DataView(new ArrayBuffer(4));
      return (at) => {
        wide.setUint16(0, view.getUint16(at * 2, true));
        return wide.getFloat32(0);
      };
    }
    case 'int64':
      return (at) => Number(view.getBigInt64(at * 8, true));
  }
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
