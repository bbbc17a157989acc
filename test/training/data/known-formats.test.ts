import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataSchema } from '../../../study/definition/data-schema.ts';
import { type Tree, tarGzOf, writeTree } from './archives.ts';
import { prepareFrom } from './prepare-from.ts';

let folder: string;
let scratch: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'formats-'));
  scratch = await mkdtemp(join(tmpdir(), 'prepared-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
  await rm(scratch, { recursive: true });
});

describe('IDX files', () => {
  const images = (count: number) => Buffer.concat([idx([count, 3, 4]), Buffer.alloc(count * 12, 7)]);
  const labels = (count: number) =>
    Buffer.concat([idx([count]), Buffer.from(Array.from({ length: count }, (_, index) => index % 2))]);

  it('are read with their own test images, gzipped or not', async () => {
    await writeTree(folder, {
      'train-images-idx3-ubyte.gz': gzipSync(images(10)),
      'train-labels-idx1-ubyte': labels(10),
      't10k-images-idx3-ubyte': images(4),
      't10k-labels-idx1-ubyte.gz': gzipSync(labels(4)),
    });
    const { train, test, classes } = await prepared({ channels: 1, height: 3, width: 4 });
    expect({ classes, counts: [train.examples, test.examples] }).toEqual({
      classes: ['0', '1'],
      counts: [10, 4],
    });
  });

  it.each<[string, Tree, RegExp]>([
    [
      'no labels',
      { 'train-images-idx3-ubyte': images(10) },
      /expected the file train-labels-idx1-ubyte, got none/,
    ],
    [
      'too few labels',
      { 'train-images-idx3-ubyte': images(10), 'train-labels-idx1-ubyte': labels(9) },
      /a label for each of 10 images/,
    ],
    [
      'a cut off file',
      { 'train-images-idx3-ubyte': images(10).subarray(0, 50), 'train-labels-idx1-ubyte': labels(10) },
      /expected 136 bytes for 10×3×4 values, got 50/,
    ],
    [
      'another header',
      { 'train-images-idx3-ubyte': labels(10), 'train-labels-idx1-ubyte': labels(10) },
      /expected an IDX file of bytes with 3 axes/,
    ],
  ])('are refused with %s', async (_title, tree, message) => {
    await writeTree(folder, tree);
    await expect(prepared({ channels: 1, height: 3, width: 4 })).rejects.toThrow(message);
  });
});

describe('CIFAR-100', () => {
  const record = (coarse: number, fine: number) =>
    Buffer.concat([Buffer.of(coarse, fine), Buffer.alloc(3072, fine)]);
  const names = (count: number) => Array.from({ length: count }, (_, index) => `name ${index}`).join('\n');
  const file = (each: number) =>
    Buffer.concat(Array.from({ length: 100 * each }, (_, index) => record(index % 20, index % 100)));
  const tree = {
    'cifar-100-binary/train.bin': file(3),
    'cifar-100-binary/test.bin': file(1),
    'cifar-100-binary/fine_label_names.txt': names(100),
    'cifar-100-binary/coarse_label_names.txt': names(20),
  };

  it.each([100, 20])('has %i classes, as the study says', async (classes) => {
    await writeFile(join(folder, 'a.tar.gz'), await tarGzOf(tree));
    const { summary } = await prepared({ classes, height: 32, width: 32 }, 'a.tar.gz');
    expect(summary.counts.training).toEqual(Array(classes).fill(300 / classes));
    expect(summary.counts.test).toEqual(Array(classes).fill(100 / classes));
  });

  it('is refused with a label out of range', async () => {
    await writeTree(folder, {
      ...tree,
      'cifar-100-binary/train.bin': Buffer.concat([file(3), record(0, 100)]),
    });
    await expect(prepared({ classes: 100, height: 32, width: 32 })).rejects.toThrow(
      /train\.bin: expected a label from 0 to 99 in image 300, got 100/,
    );
  });
});

// --- helpers ---

function idx(lengths: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * lengths.length);
  header.writeUInt32BE(0x0800 + lengths.length, 0);
  for (const [axis, length] of lengths.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return header;
}

function prepared(change: Record<string, unknown>, name = '.') {
  const data = dataSchema.parse({ kind: 'images', classes: 2, height: 8, width: 8, channels: 3, ...change });
  return prepareFrom(join(folder, name), name, data, scratch);
}
