import type { NamedTensor, NamedTensors } from '../named-tensors.ts';

/** Bytes that are no safetensors file, or none that this project can read. */
export class SafetensorsError extends Error {
  override name = 'SafetensorsError';

  /** @param where the part of the file at fault: `header`, or a tensor's name. */
  constructor(
    readonly where: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`safetensors, ${where}: ${problem}`, options);
  }
}

/**
 * Tensors as a safetensors file (https://github.com/huggingface/safetensors): a header length (u64), a JSON header,
 * the values in row-major order, all little-endian. Equal tensors in equal order give equal bytes.
 *
 * @throws SafetensorsError where a tensor's values don't fit its shape.
 */
export function encodeSafetensors(tensors: NamedTensors, metadata: Record<string, string> = {}): Uint8Array {
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
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const withMetadata = Object.keys(metadata).length > 0 ? [[METADATA, metadata] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...withMetadata, ...entries])));
  // Spaces after the header, as the format allows, put the values on a multiple of 8 bytes.
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
 * Reads a safetensors file of float32 tensors. Nothing in it is trusted: lengths, offsets, shapes and names are
 * checked before a value is read. The values themselves may be anything, NaN too.
 *
 * @returns tensors in the order of their values in the file, with memory of their own.
 * @throws SafetensorsError that says what was found where.
 */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: NamedTensors;
  metadata: Record<string, string>;
} {
  const header = readHeader(bytes);
  const values = bytes.subarray(LENGTH_BYTES + header.length);
  const metadata = checkMetadata(header.fields[METADATA]);
  const entries = Object.entries(header.fields)
    .filter(([name]) => name !== METADATA)
    .map(([name, field]) => checkEntry(name, field, values.length))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) {
      throw new SafetensorsError(
        name,
        `expected its values to begin at byte ${expected}, got ${begin}: ${
          begin < expected ? 'they overlap those of another tensor' : 'there is a hole before them'
        }`,
      );
    }
    expected = end;
  }
  if (expected !== values.length) {
    throw new SafetensorsError('end', `${values.length - expected} bytes follow the last tensor`);
  }
  const tensors = new Map(
    entries.map(({ name, shape, begin, end }): [string, NamedTensor] => [
      name,
      // A copy: a view would need an offset that is a multiple of 4, which the file's buffer may not have. Not by
      // `slice`, which for a Buffer is a view after all.
      { shape, data: new Float32Array(Uint8Array.from(values.subarray(begin, end)).buffer) },
    ]),
  );
  return { tensors, metadata };
}

// --- helpers ---

const METADATA = '__metadata__';
const LENGTH_BYTES = 8;
/** The format allows 100 MB; a thousandth is more than any network here needs. */
const MAX_HEADER_BYTES = 1_000_000;
const FLOAT_BYTES = 4;

interface Entry {
  name: string;
  shape: number[];
  begin: number;
  end: number;
}

function readHeader(bytes: Uint8Array): { length: number; fields: Record<string, unknown> } {
  if (bytes.length < LENGTH_BYTES) {
    throw new SafetensorsError(
      'header',
      `expected ${LENGTH_BYTES} bytes of length, got ${bytes.length} in all`,
    );
  }
  const declared = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const room = Math.min(bytes.length - LENGTH_BYTES, MAX_HEADER_BYTES);
  if (declared > room) {
    throw new SafetensorsError('header', `it claims ${declared} bytes, but there may be ${room} at most`);
  }
  const length = Number(declared);
  const fields = parseJson(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  if (!isObject(fields)) throw new SafetensorsError('header', 'expected a JSON object');
  return { length, fields };
}

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new SafetensorsError('header', `expected JSON in UTF-8: ${(cause as Error).message}`, { cause });
  }
  // JSON.parse keeps the last of equal keys without a word, so that readers might see different tensors.
  const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined);
  if (written.length !== countKeys(value)) throw new SafetensorsError('header', 'a name is given twice');
  return value;
}

function countKeys(value: unknown): number {
  if (!isObject(value) && !Array.isArray(value)) return 0;
  const inner = Object.values(value).reduce<number>((sum, item) => sum + countKeys(item), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

function checkMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value) || Object.values(value).some((item) => typeof item !== 'string')) {
    throw new SafetensorsError(METADATA, 'expected an object of strings');
  }
  return value as Record<string, string>;
}

function checkEntry(name: string, field: unknown, room: number): Entry {
  if (!isObject(field))
    throw new SafetensorsError(name, 'expected an object with dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets, ...unknown } = field;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) throw new SafetensorsError(name, `unknown field ${JSON.stringify(extra)}`);
  if (dtype !== 'F32')
    throw new SafetensorsError(name, `expected the dtype "F32", got ${JSON.stringify(dtype)}`);
  if (!isSizes(shape))
    throw new SafetensorsError(name, `expected a shape of sizes, got ${JSON.stringify(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw new SafetensorsError(
      name,
      `expected data_offsets of two byte offsets, got ${JSON.stringify(offsets)}`,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > room) {
    throw new SafetensorsError(name, `bytes ${begin} to ${end} don't lie within the ${room} bytes of values`);
  }
  const size = sizeOf(shape) * FLOAT_BYTES;
  if (size !== end - begin) {
    throw new SafetensorsError(
      name,
      `the shape [${shape.join(', ')}] needs ${size} bytes, but data_offsets give ${end - begin}`,
    );
  }
  return { name, shape, begin, end };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
