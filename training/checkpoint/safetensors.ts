import { sizeOf } from '../../study/definition/network-shapes.ts';
import type { NamedTensor, NamedTensors } from '../tensorflow/named-tensors.ts';
import {
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  METADATA,
  readHeader,
  SafetensorsError,
} from './safetensors-header.ts';

/**
 * Encodes tensors as a safetensors file (https://github.com/huggingface/safetensors): the header's length (u64), a JSON
 * header, the values in row-major order, all little-endian. Equal tensors in equal order give equal bytes.
 *
 * @throws {SafetensorsError} if a tensor's values don't fit its shape.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, { shape: number[]; data: Float32Array | Uint8Array }>,
  metadata: Record<string, string> = {},
): Uint8Array {
  let end = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    if (name === METADATA || sizeOf(shape) !== data.length) {
      throw new SafetensorsError(
        name,
        `${data.length} values don't make a tensor of shape [${shape.join(', ')}]`,
      );
    }
    const begin = end;
    end += data.byteLength;
    const dtype = data instanceof Float32Array ? 'F32' : 'U8';
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const withMetadata = Object.keys(metadata).length > 0 ? [[METADATA, metadata] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...withMetadata, ...entries])));
  // The format allows spaces after the header; they align the values to 8 bytes.
  const headerLength = Math.ceil(json.length / 8) * 8;
  if (headerLength > MAX_HEADER_BYTES) {
    throw new SafetensorsError('header', `expected at most ${MAX_HEADER_BYTES} bytes, got ${headerLength}`);
  }
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + end).fill(
    0x20,
    LENGTH_BYTES,
    LENGTH_BYTES + headerLength,
  );
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerLength;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file of float32 tensors. Nothing in it is trusted: lengths, offsets, shapes and names are checked
 * before a value is read. Values may be anything, including NaN.
 *
 * @returns tensors in the order of their values in the file. They don't share the file's memory.
 * @throws {SafetensorsError} that says where the fault is.
 */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: NamedTensors;
  metadata: Record<string, string>;
} {
  const { entries, metadata } = readHeader(bytes);
  const tensors = new Map(
    entries.map(({ name, dtype, shape, values }): [string, NamedTensor] => {
      if (dtype !== 'F32') {
        throw new SafetensorsError(name, `expected the dtype "F32", got ${JSON.stringify(dtype)}`);
      }
      // A copy, because a view needs an offset that is a multiple of 4. Not a `slice`, which is a view for a Buffer.
      return [name, { shape, data: new Float32Array(Uint8Array.from(values).buffer) }];
    }),
  );
  return { tensors, metadata };
}
