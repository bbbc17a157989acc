import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeSafetensors } from '../../../training/checkpoint/safetensors.ts';
import { readWeights } from '../../../training/weights/read-weights.ts';
import expected from './fixtures/layouts.json' with { type: 'json' };
import { fixture } from './fixtures.ts';
import { torchLegacy, torchZip, type WrittenTensor } from './torch-writer.ts';

describe('files that PyTorch wrote', () => {
  test('have the same content in every format', () => {
    const zip = readWeights(fixture('fine-tuned.zip.pth'));
    const legacy = readWeights(fixture('fine-tuned.legacy.pth'));
    const safetensors = readWeights(fixture('fine-tuned.safetensors'));
    expect([zip, legacy, safetensors].map(({ format }) => format)).toEqual([
      'torch.save, zip',
      'torch.save, legacy',
      'safetensors',
    ]);
    expect(zip.tensors.size).toBe(89);
    expect(zip.tensors.get('conv1.weight')?.shape).toEqual([1, 3, 7, 7]);
    expect(legacy.tensors).toEqual(zip.tensors);
    expect(safetensors.tensors).toEqual(zip.tensors);
    expect(safetensors.metadata).toEqual({ format: 'pt' });
    for (const { counters } of [zip, legacy, safetensors]) {
      expect(counters).toHaveLength(17);
      expect(counters).toContain('layer1.0.bn1.num_batches_tracked');
    }
    expect([...zip.tensors.keys()]).toEqual([...zip.tensors.keys()].sort());
  });

  test.each(['layouts.zip.pth', 'layouts.legacy.pth', 'layouts.safetensors'])(
    '%s: values of every type, in any order in their storage',
    (name) => {
      const { tensors, counters } = readWeights(fixture(name));
      expect(counters).toEqual(['int64']);
      expect([...tensors.keys()]).toEqual(Object.keys(expected).sort());
      for (const [tensor, { shape, data }] of Object.entries(expected)) {
        expect(tensors.get(tensor), tensor).toEqual({ shape, data: Float32Array.from(data) });
      }
    },
  );
});

describe('round trip', () => {
  /** A tensor in a storage with other values around it, its axes in any order, and its expected values. */
  const tensor = fc
    .record({
      shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
      order: fc.array(fc.integer(), { minLength: 4, maxLength: 4 }),
      before: fc.nat(3),
      after: fc.nat(3),
      seed: fc.integer({ min: 1, max: 1000 }),
    })
    .map(({ shape, order, before, after, seed }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const storage = Float32Array.from({ length: before + size + after }, (_, index) => index * seed + 0.5);
      const strides = shape.map(() => 0);
      const axes = shape.map((_, axis) => axis).sort((a, b) => (order[a] as number) - (order[b] as number));
      let stride = 1;
      for (const axis of axes) {
        strides[axis] = stride;
        stride *= shape[axis] as number;
      }
      const data = Float32Array.from({ length: size }, (_, index) => {
        let rest = index;
        let at = before;
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          at += (rest % (shape[axis] as number)) * (strides[axis] as number);
          rest = Math.floor(rest / (shape[axis] as number));
        }
        return storage[at] as number;
      });
      return { shape, strides, offset: before, values: Buffer.from(storage.buffer), data };
    });
  const names = fc.stringMatching(/^[a-z0-9_.-]{1,20}$/);
  const tensors = fc.uniqueArray(fc.tuple(names, tensor), {
    minLength: 1,
    maxLength: 6,
    selector: ([name]: [string, unknown]) => name,
  });

  test.each([
    ['zip', torchZip],
    ['legacy', torchLegacy],
  ])('%s: keeps names, shapes and values', (_format, write) => {
    fc.assert(
      fc.property(tensors, (entries) => {
        const written = entries.map(
          ([name, { data: _, ...rest }], index): WrittenTensor => ({
            name,
            key: String(index),
            type: 'Float',
            ...rest,
          }),
        );
        // A part of a larger buffer at an odd offset, as in a worker.
        const bytes = Buffer.concat([Buffer.of(0), write(written)]).subarray(1);
        const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
        expect([...readWeights(bytes).tensors]).toEqual(
          sorted.map(([name, { shape, data }]) => [name, { shape, data }]),
        );
      }),
    );
  });

  test('safetensors: files that this project writes', () => {
    const data = Float32Array.of(1, -2, 3);
    const written = new Map([
      ['b', { shape: [3], data }],
      ['a', { shape: [1, 1], data: data.slice(1, 2) }],
    ]);
    expect([...readWeights(encodeSafetensors(written)).tensors]).toEqual([...written].reverse());
  });
});
