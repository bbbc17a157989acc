import { sizeOf } from '../../study/definition/network-shapes.ts';
import { WeightsError } from '../weights/weights-error.ts';

/** Bytes that are not a safetensors file, or not one that this project supports. */
export class SafetensorsError extends WeightsError {
  override name = 'SafetensorsError';

  /** @param where the faulty part of the file: `header`, or a tensor's name. */
  constructor(where: string, problem: string, options?: ErrorOptions) {
    super('safetensors', where, problem, options);
  }
}

/** The header's length precedes the header. */
export const LENGTH_BYTES = 8;
export const METADATA = '__metadata__';
/** The format allows 100 MB. Any network here needs less than a hundredth of it. */
export const MAX_HEADER_BYTES = 1_000_000;

/** A tensor of a safetensors file. */
export interface SafetensorsEntry {
  name: string;
  /** The format's name: `F32`, `BF16`, … Its size in bytes fits the values. */
  dtype: string;
  shape: number[];
  /** A view of the file's bytes. */
  values: Uint8Array;
}

/**
 * Reads a safetensors file's header, and checks that the described values fill the rest of the file: no gaps, no overlaps,
 * nothing left over.
 *
 * @returns the tensors in the order of their values.
 * @throws {SafetensorsError}
 */
export function readHeader(bytes: Uint8Array): {
  entries: SafetensorsEntry[];
  metadata: Record<string, string>;
} {
  const header = parseHeader(bytes);
  const values = bytes.subarray(LENGTH_BYTES + header.length);
  const metadata = checkMetadata(header.fields[METADATA]);
  const spans = Object.entries(header.fields)
    .filter(([name]) => name !== METADATA)
    .map(([name, field]) => checkEntry(name, field, values.length))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, begin, end } of spans) {
    if (begin !== expected) {
      throw new SafetensorsError(
        name,
        `expected its values to begin at byte ${expected}, got ${begin}: ${
          begin < expected ? 'they overlap those of another tensor' : 'there is a gap before them'
        }`,
      );
    }
    expected = end;
  }
  if (expected !== values.length) {
    throw new SafetensorsError('end', `${values.length - expected} bytes follow the last tensor`);
  }
  const entries = spans.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    values: values.subarray(begin, end),
  }));
  return { entries, metadata };
}

// --- helpers ---

/** Size of a value. */
const DTYPE_BYTES: Record<string, number> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  U32: 4,
  I32: 4,
  U64: 8,
  I64: 8,
  F16: 2,
  BF16: 2,
  F32: 4,
  F64: 8,
};

interface Span extends Omit<SafetensorsEntry, 'values'> {
  begin: number;
  end: number;
}

function parseHeader(bytes: Uint8Array): { length: number; fields: Record<string, unknown> } {
  if (bytes.length < LENGTH_BYTES) {
    throw new SafetensorsError(
      'header',
      `expected ${LENGTH_BYTES} bytes of length, got a file of ${bytes.length} bytes`,
    );
  }
  const declared = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const room = Math.min(bytes.length - LENGTH_BYTES, MAX_HEADER_BYTES);
  if (declared > room) {
    throw new SafetensorsError('header', `it claims ${declared} bytes, expected at most ${room}`);
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
  // JSON.parse silently keeps the last of equal keys, so different readers might see different tensors.
  const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined);
  if (written.length !== countKeys(value)) throw new SafetensorsError('header', 'a name occurs twice');
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

function checkEntry(name: string, field: unknown, room: number): Span {
  if (!isObject(field))
    throw new SafetensorsError(name, 'expected an object with dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets, ...unknown } = field;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) throw new SafetensorsError(name, `unknown field ${JSON.stringify(extra)}`);
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype))
    throw new SafetensorsError(name, `unknown dtype ${JSON.stringify(dtype)}`);
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
  const size = sizeOf(shape) * (DTYPE_BYTES[dtype] as number);
  if (size !== end - begin) {
    throw new SafetensorsError(
      name,
      `the shape [${shape.join(', ')}] needs ${size} bytes, but data_offsets give ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
