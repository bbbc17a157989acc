import { DataError } from '../data-error.ts';

/** An array of a `.npy` file, in C order. */
export interface NpyArray {
  shape: number[];
  /** Numbers as the array has them, or its texts. */
  values: NumberArray | string[];
}

export type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/**
 * Reads a `.npy` file, as numpy's `save` writes it (format 1 to 3): little-endian numbers of up to 64 bits, booleans, or texts
 * of a fixed length. Objects are refused, since only Python can read them.
 *
 * @param where names the file in messages.
 * @throws {DataError}
 */
export function readNpy(bytes: Buffer, where: string): NpyArray {
  if (bytes.length < 10 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY') {
    throw new DataError(
      `${where}: expected a .npy array, got something else; write it with numpy's save or savez`,
    );
  }
  const isLong = (bytes[6] as number) >= 2;
  const start = isLong ? 12 : 10;
  const length = isLong ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  if (length > MOST_HEADER_BYTES || start + length > bytes.length) {
    throw new DataError(`${where}: the array is cut off within its header; write it again`);
  }
  const header = bytes.toString('latin1', start, start + length);
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const isFortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (type === undefined || isFortran === undefined || sizes === undefined) {
    throw new DataError(
      `${where}: expected an array of numbers or texts, got a structured one; write each field as an array of its own`,
    );
  }
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || !Number.isSafeInteger(count)) {
    throw new DataError(`${where}: expected a shape of whole numbers, got (${sizes}); write the array again`);
  }
  const content = bytes.subarray(start + length);
  const values = readValues(type, content, count, where);
  return { shape, values: isFortran === 'True' ? inOrder(values, shape) : values };
}

// --- helpers ---

const MOST_HEADER_BYTES = 65_536;

const NUMBERS: Record<string, new (buffer: ArrayBuffer) => NumberArray> = {
  '|b1': Uint8Array,
  '|u1': Uint8Array,
  '|i1': Int8Array,
  '<u2': Uint16Array,
  '<i2': Int16Array,
  '<u4': Uint32Array,
  '<i4': Int32Array,
  '<f4': Float32Array,
  '<f8': Float64Array,
};

function readValues(type: string, content: Buffer, count: number, where: string): NpyArray['values'] {
  const check = (sizeBytes: number): void => {
    if (content.length === count * sizeBytes) return;
    throw new DataError(
      `${where}: expected ${count * sizeBytes} bytes for ${count} values of type ${type}, got ${content.length}; write the array again`,
    );
  };
  const numbers = NUMBERS[type];
  if (numbers) {
    check(Number(type.slice(2)));
    return new numbers(Uint8Array.from(content).buffer);
  }
  if (type === '<i8' || type === '<u8') {
    check(8);
    const wide = new (type === '<i8' ? BigInt64Array : BigUint64Array)(Uint8Array.from(content).buffer);
    return Float64Array.from(wide, Number);
  }
  const [, kind, length] = /^[<|]([US])(\d{1,6})$/.exec(type) ?? [];
  if (kind === 'U' || kind === 'S') {
    const size = Number(length) * (kind === 'U' ? 4 : 1);
    check(size);
    return Array.from({ length: count }, (_, index) =>
      textOf(content.subarray(index * size, (index + 1) * size), kind),
    );
  }
  throw new DataError(
    `${where}: expected little-endian numbers, booleans or texts, got values of type ${JSON.stringify(type)}; ` +
      'convert the array before it is saved',
  );
}

/** Texts are padded with zeros: `U` has four bytes for a character, `S` one. */
function textOf(bytes: Buffer, kind: 'U' | 'S'): string {
  if (kind === 'S') return bytes.toString('utf8').replace(/\0+$/, '');
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const code = bytes.readUInt32LE(at);
    if (code === 0) break;
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  }
  return text;
}

/** From Fortran's order, in which the first axis runs fastest, to C's. */
function inOrder(values: NpyArray['values'], shape: readonly number[]): NpyArray['values'] {
  const result = values.slice();
  const at = shape.map(() => 0);
  for (let index = 0; index < result.length; index++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--)
      from = from * (shape[axis] as number) + (at[axis] as number);
    result[index] = values[from] as never;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      at[axis] = 0;
    }
  }
  return result;
}
