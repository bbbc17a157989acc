import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWeights } from '../../../training/weights/read-weights.ts';
import { WeightsError } from '../../../training/weights/weights-error.ts';
import { fixture } from './fixtures.ts';
import { hostileFiles } from './hostile-files.ts';
import { floats, torchLegacy, torchZip } from './torch-writer.ts';

test.each(hostileFiles().map(({ what, ...rest }) => [what, rest] as const))(
  '%s is refused',
  (_what, { bytes, message }) => {
    expect(bytes.length).toBeLessThan(500_000);
    expect(() => readWeights(bytes)).toThrow(WeightsError);
    expect(() => readWeights(bytes)).toThrow(message);
  },
);

const small = [floats('conv1.weight', [2, 3], [1, 2, 3, 4, 5, 6]), floats('fc.bias', [2], [7, 8])];
const files: [string, Buffer][] = [
  ['a zip', torchZip(small)],
  ['a legacy file', torchLegacy(small)],
  ['a zip by PyTorch', fixture('layouts.zip.pth')],
  ['a legacy file by PyTorch', fixture('layouts.legacy.pth')],
  ['a safetensors file', fixture('layouts.safetensors')],
];

describe.each(files)('%s', (_what, valid) => {
  test('is read if complete, and refused at every shorter length', () => {
    expect(readWeights(valid).tensors.size).toBeGreaterThan(1);
    for (let length = 0; length < valid.length; length++) {
      expect(() => readWeights(valid.subarray(0, length)), `${length} bytes`).toThrow(WeightsError);
    }
  });

  test('changed anywhere: is read or refused, nothing else happens', () => {
    const change = fc.record({ at: fc.nat(valid.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(valid);
        for (const { at, to } of changes) bytes[at] = to;
        readOrRefused(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  test('cut up and reassembled: is read or refused', () => {
    const part = fc.tuple(fc.nat(valid.length), fc.nat(valid.length));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        readOrRefused(Buffer.concat(parts.map(([from, to]) => valid.subarray(from, to))));
      }),
      { numRuns: 300 },
    );
  });
});

const GLOBALS = [
  'collections OrderedDict',
  'torch._utils _rebuild_tensor_v2',
  'torch FloatStorage',
  'torch._utils _rebuild_parameter',
];

test('any pickle in a valid archive is read or refused', () => {
  const instruction = fc.oneof(
    fc.constantFrom(...[...'(N)]}.tuesabRQ'].map((character) => Buffer.from(character))),
    fc.constantFrom(Buffer.of(0x85), Buffer.of(0x86), Buffer.of(0x87), Buffer.of(0x88), Buffer.of(0x80, 2)),
    fc.constantFrom(...GLOBALS.map((name) => Buffer.from(`c${name.replace(' ', '\n')}\n`))),
    fc.nat(3).map((place) => Buffer.of(0x71, place)),
    fc.nat(3).map((place) => Buffer.of(0x68, place)),
    fc.nat(255).map((value) => Buffer.of(0x4b, value)),
    fc
      .constantFrom('storage', 'fc.bias', 'cpu')
      .map((text) => Buffer.concat([Buffer.from([0x58, text.length, 0, 0, 0]), Buffer.from(text)])),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(fc.array(instruction, { maxLength: 60 }), (instructions) => {
      readOrRefused(torchZip(small, Buffer.concat(instructions)));
      readOrRefused(torchLegacy(small, Buffer.concat(instructions)));
    }),
    { numRuns: 2000 },
  );
});

// --- helpers ---

function readOrRefused(bytes: Buffer): void {
  try {
    const { tensors } = readWeights(bytes);
    let values = 0;
    for (const { shape, data } of tensors.values()) {
      expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
      expect(data.every(Number.isFinite)).toBe(true);
      values += data.length;
    }
    expect(2 * values).toBeLessThanOrEqual(2 * bytes.length);
  } catch (error) {
    expect(error).toBeInstanceOf(WeightsError);
  }
}
