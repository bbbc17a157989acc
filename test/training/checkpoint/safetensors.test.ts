import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../training/checkpoint/safetensors.ts';
import { SafetensorsError } from '../../../training/checkpoint/safetensors-header.ts';
import type { NamedTensors } from '../../../training/tensorflow/named-tensors.ts';

describe('round trip', () => {
  const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return fc.float32Array({ minLength: size, maxLength: size }).map((data) => ({ shape, data }));
  });
  const names = fc
    .oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', ':', 'é🙂'))
    // Node 24.9's own JSON.parse may read an escaped key as another: `"` as `\`.
    .filter((name) => !/["\\]/.test(name));
  const tensors = fc
    .uniqueArray(fc.tuple(names, tensor), { maxLength: 6, selector: ([name]) => name })
    .filter((entries) => entries.every(([name]) => name !== '__metadata__'))
    .map((entries): NamedTensors => new Map(entries));

  test('keeps names, shapes, every bit of the values, and metadata', () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(names, fc.string()), (written, metadata) => {
        const bytes = encodeSafetensors(written, metadata);
        expect(encodeSafetensors(written, metadata)).toEqual(bytes);
        // As from the store: a Node buffer, which may be a part of a larger one at an odd offset.
        const shifted = Buffer.concat([Buffer.of(0), bytes]);
        const read = decodeSafetensors(shifted.subarray(1));
        expect({ ...read.metadata }).toEqual({ ...metadata });
        expect(new Set(read.tensors.keys())).toEqual(new Set(written.keys()));
        for (const [name, { shape, data }] of written) {
          expect(read.tensors.get(name)?.shape).toEqual(shape);
          expect(new Uint8Array(read.tensors.get(name)?.data.buffer as ArrayBuffer)).toEqual(
            new Uint8Array(data.slice().buffer),
          );
        }
      }),
    );
  });

  test('keeps NaN and infinities', () => {
    const data = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0);
    const read = decodeSafetensors(encodeSafetensors(new Map([['w', { shape: [3], data }]])));
    expect(read.tensors.get('w')?.data).toEqual(data);
  });

  test('aligns values to 8 bytes', () => {
    const bytes = encodeSafetensors(new Map([['abc', { shape: [1], data: Float32Array.of(1) }]]));
    expect(bytes.length % 8).toBe(4);
  });

  test('refuses a number of values that does not fit the shape', () => {
    const tensors = new Map([['w', { shape: [2, 2], data: new Float32Array(3) }]]);
    expect(() => encodeSafetensors(tensors)).toThrow(
      "safetensors, w: 3 values don't make a tensor of shape [2, 2]",
    );
  });
});

describe('hostile files', () => {
  /** A file with the given header, JSON or text, and `valueBytes` zero bytes. */
  function file(header: unknown, valueBytes: number, headerLength?: bigint): Uint8Array {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(headerLength ?? BigInt(json.length));
    return Buffer.concat([length, json, Buffer.alloc(valueBytes)]);
  }
  const entry = (shape: unknown, begin: unknown, end: unknown, dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /header: expected 8 bytes of length, got a file of 0 bytes/],
    ['a header longer than the file', file({}, 0, 3n), /header: it claims 3 bytes, expected at most 2/],
    [
      'a header length of 2⁶⁴ − 1',
      file({}, 0, 2n ** 64n - 1n),
      /header: it claims 18446744073709551615 bytes/,
    ],
    ['a header cut off', file({ w: entry([1], 0, 4) }, 4, 10n), /header: expected JSON in UTF-8/],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from([7, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"\xff":1}', 'latin1')]),
      /header: expected JSON in UTF-8/,
    ],
    ['an array', file([], 0), /header: expected a JSON object/],
    ['null', file('null', 0), /header: expected a JSON object/],
    ['a tensor that is a number', file({ w: 1 }, 0), /w: expected an object/],
    ['another dtype', file({ w: entry([1], 0, 2, 'F16') }, 2), /w: expected the dtype "F32", got "F16"/],
    ['a negative size', file({ w: entry([-1, -1], 0, 4) }, 4), /w: expected a shape of sizes, got \[-1,-1\]/],
    ['a fraction for a size', file({ w: entry([0.5, 2], 0, 4) }, 4), /w: expected a shape of sizes/],
    [
      'no shape',
      file({ w: { dtype: 'F32', data_offsets: [0, 4] } }, 4),
      /w: expected a shape of sizes, got undefined/,
    ],
    [
      'sizes whose product overflows',
      file({ w: entry([2 ** 32, 2 ** 32], 0, 0) }, 0),
      /w: the shape .* needs/,
    ],
    [
      'three offsets',
      file({ w: { ...entry([1], 0, 4), data_offsets: [0, 4, 4] } }, 4),
      /w: expected data_offsets/,
    ],
    [
      'a huge offset',
      file({ w: entry([1], 2 ** 60, 2 ** 60 + 4) }, 4),
      /w: expected data_offsets of two byte offsets/,
    ],
    [
      'an offset past the end',
      file({ w: entry([2], 0, 8) }, 4),
      /w: bytes 0 to 8 don't lie within the 4 bytes/,
    ],
    ['offsets the wrong way round', file({ w: entry([1], 4, 0) }, 4), /w: bytes 4 to 0 don't lie within/],
    [
      'a size that differs from the shape',
      file({ w: entry([3], 0, 8) }, 8),
      /w: the shape \[3\] needs 12 bytes, but data_offsets give 8/,
    ],
    [
      'overlapping tensors',
      file({ a: entry([2], 0, 8), b: entry([2], 4, 12) }, 12),
      /b: .* got 4: they overlap/,
    ],
    ['two tensors of the same values', file({ a: entry([1], 0, 4), b: entry([1], 0, 4) }, 4), /they overlap/],
    [
      'a hole',
      file({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12),
      /b: .* begin at byte 4, got 8: there is a gap/,
    ],
    ['values left over', file({ a: entry([1], 0, 4) }, 9), /end: 5 bytes follow the last tensor/],
    ['values and no tensor', file({}, 1), /end: 1 bytes follow/],
    [
      'a name given twice',
      file(
        '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
        0,
      ),
      /header: a name occurs twice/,
    ],
    [
      'an offset given twice',
      file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8],"data_offsets":[0,4]}}', 4),
      /header: a name occurs twice/,
    ],
    ['an unknown field', file({ w: { ...entry([1], 0, 4), stride: 1 } }, 4), /w: unknown field "stride"/],
    [
      'metadata that is not text',
      file({ __metadata__: { epoch: 1 } }, 0),
      /__metadata__: expected an object of strings/,
    ],
  ])('%s is refused', (_what, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  test('a file changed anywhere is read or refused, nothing else happens', () => {
    const valid = encodeSafetensors(
      new Map([
        ['conv.0.weight', { shape: [2, 3], data: new Float32Array(6) }],
        ['conv.0.bias', { shape: [3], data: new Float32Array(3) }],
      ]),
      { epoch: '3' },
    );
    const change = fc.record({ at: fc.nat(valid.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.nat(valid.length),
        (changes, length) => {
          const bytes = valid.slice(0, length % 3 === 0 ? length : valid.length);
          for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
          try {
            const { tensors } = decodeSafetensors(bytes);
            for (const { shape, data } of tensors.values())
              expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
          } catch (error) {
            expect(error).toBeInstanceOf(SafetensorsError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
