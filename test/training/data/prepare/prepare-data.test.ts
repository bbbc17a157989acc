import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataSchema, type StudyData } from '../../../../study/definition/data-schema.ts';
import { DataError } from '../../../../training/data/data-error.ts';
import { openExampleFile } from '../../../../training/data/example-file.ts';
import type { PreparedData } from '../../../../training/data/prepare/prepare-data.ts';
import { bytesOf, npyOf, type Tree, tarGzOf, writeTree, zipOf } from '../archives.ts';
import { classFolders, picture } from '../pictures.ts';
import { prepareFrom } from '../prepare-from.ts';

let folder: string;
let scratch: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'data-'));
  scratch = await mkdtemp(join(tmpdir(), 'prepared-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
  await rm(scratch, { recursive: true });
});

describe('class folders', () => {
  const classes = ['cat', 'dog', 'owl'];

  it('give the same data as their archives, and leave nothing but two files', async () => {
    const tree = await classFolders(classes, 10);
    await writeTree(join(folder, 'tree'), tree);
    await writeFile(join(folder, 'a.tar.gz'), await tarGzOf(tree));
    // Another order, and a folder around.
    const inside = Object.fromEntries(
      Object.entries(tree)
        .reverse()
        .map(([path, content]) => [`pictures/${path}`, content]),
    );
    await writeFile(join(folder, 'a.zip'), zipOf(inside));
    const all = [];
    for (const name of ['tree', 'a.tar.gz', 'a.zip']) all.push(await prepared(name, images(3)));
    const [first] = all as [PreparedData];
    expect(first).toMatchObject({ classes, hasGroups: false, input: { shape: [8, 8, 3], classes: 3 } });
    expect([first.train.examples, first.test.examples]).toEqual([24, 6]);
    expect(first.summary.counts).toEqual({ training: [8, 8, 8], test: [2, 2, 2] });
    for (const other of all) {
      expect([other.train.sha256, other.test.sha256]).toEqual([first.train.sha256, first.test.sha256]);
    }
    expect(await readdir(scratch)).toHaveLength(6);
  });

  it('keep their own test images', async () => {
    const tree = await classFolders(classes, 5);
    const sides = Object.entries(tree).map(([path, content]) => [
      `${path.endsWith('0.png') ? 'test' : 'train'}/${path}`,
      content,
    ]);
    await writeTree(folder, Object.fromEntries(sides));
    const { summary, train } = await prepared('.', images(3));
    expect(summary.counts).toEqual({ training: [4, 4, 4], test: [1, 1, 1] });
    const [label, ...others] = labelsOf(train, 3);
    expect([label, others.at(-1)]).toEqual([0, 2]);
  });

  it('count duplicates between training and test', async () => {
    const tree = await classFolders(['a', 'b'], 5);
    const sides: Tree = Object.fromEntries(
      Object.entries(tree).map(([path, content]) => [`train/${path}`, content]),
    );
    sides['test/a/x.png'] = tree['a/1.png'] as Buffer;
    sides['test/b/x.png'] = await picture('png', { colour: [1, 2, 3] });
    sides['train/b/again.png'] = tree['b/2.png'] as Buffer;
    await writeTree(folder, sides);
    const { summary } = await prepared('.', images(2));
    expect(summary.duplicates).toEqual({ testInTraining: 1, withinTraining: 1 });
  });

  it('keep groups together', async () => {
    const tree = await classFolders(['a', 'b'], 20);
    const rows = Object.keys(tree).map((path) => `${path},person ${Number(path.slice(2, -4)) % 5}`);
    await writeTree(folder, { ...tree, 'groups.csv': `file,group\n${rows.join('\n')}\n` });
    const { train, test } = await prepared('.', images(2, { groups: 'groups.csv' }));
    const [training, tested] = [groupsOf(train), groupsOf(test)].map((groups) => new Set(groups));
    expect([...(tested ?? [])].filter((group) => training?.has(group))).toEqual([]);
    expect([train.examples, test.examples]).toEqual([32, 8]);
  });

  it('are refused if they change while they are prepared, and nothing is left', async () => {
    await writeTree(join(folder, 'tree'), await classFolders(classes, 10));
    const changing = prepareFrom(join(folder, 'tree'), 'tree', images(3), scratch, () =>
      writeFileSync(join(folder, 'tree', 'README'), 'from now on'),
    );
    await expect(changing).rejects.toThrow(/^tree: expected data that stay as they are .* got changed ones/);
    expect(await readdir(scratch)).toEqual([]);
  });

  it.each<[string, (tree: Tree) => Promise<Tree> | Tree, RegExp]>([
    [
      'an image that is damaged',
      (tree) => ({ ...tree, 'a/x.png': (tree['a/1.png'] as Buffer).subarray(0, 60) }),
      /a\/x\.png: the image can't be decoded/,
    ],
    [
      'an image that is a text',
      (tree) => ({ ...tree, 'a/x.jpg': 'not an image' }),
      /a\/x\.jpg: the image can't be decoded/,
    ],
    [
      'an image that lies about its size',
      (tree) => ({ ...tree, 'a/x.png': lying(tree['a/1.png'] as Buffer, 60_000) }),
      /a\/x\.png: the image can't be decoded/,
    ],
    [
      'an image that lies a little',
      (tree) => ({ ...tree, 'a/x.png': lying(tree['a/1.png'] as Buffer, 9) }),
      /a\/x\.png: the image can't be decoded/,
    ],
    [
      'another file in a class folder',
      (tree) => ({ ...tree, 'a/notes.txt': 'x' }),
      /got a\/notes\.txt; remove or convert it/,
    ],
    [
      'an image in no class folder',
      (tree) => ({ ...tree, 'x.png': tree['a/1.png'] as Buffer }),
      /x\.png is in no class folder/,
    ],
    [
      'a class too many',
      (tree) => ({ ...tree, 'c/1.png': tree['a/1.png'] as Buffer }),
      /expected 2 classes, as the study says, got 3 \(a, b, c\)/,
    ],
    [
      'a class with too few images',
      async () => ({ ...(await classFolders(['a'], 5)), 'b/1.png': await picture('png') }),
      /3 training examples or more of every class, got fewer of b/,
    ],
    [
      'a validation folder',
      (tree) => ({ ...prefixed('train/', tree), ...prefixed('val/', tree) }),
      /got val too; a study splits its validation images off itself/,
    ],
    [
      'a class that only the test has',
      async (tree) => ({ ...prefixed('train/', await classFolders(['a'], 5)), ...prefixed('test/', tree) }),
      /got some for the test alone of b/,
    ],
  ])('are refused with %s, and nothing is left', async (_title, change, message) => {
    await writeTree(folder, await change(await classFolders(['a', 'b'], 6)));
    const refused = prepared('.', images(2));
    await expect(refused).rejects.toBeInstanceOf(DataError);
    await expect(refused).rejects.toThrow(new RegExp(`^[^\\n]*(${message.source})[^\\n]*$`));
    expect(await readdir(scratch)).toEqual([]);
  });

  it('are refused with an empty class folder', async () => {
    await writeTree(folder, await classFolders(['a', 'b'], 6));
    await writeFile(join(folder, 'archive.zip'), zipOf({ ...(await classFolders(['a', 'b'], 6)), 'c/': '' }));
    await expect(prepared('archive.zip', images(2))).rejects.toThrow(/class folder c is empty/);
  });
});

describe('images', () => {
  it('of every format, size and kind become those that the study says', async () => {
    const tree: Tree = {};
    for (const [index, format] of (['png', 'jpeg', 'webp'] as const).entries()) {
      for (const size of [4, 9, 30]) {
        const grey = size === 9;
        tree[`${index % 2 === 0 ? 'a' : 'b'}/${format}${size}.${format}`] = await picture(format, {
          width: size,
          height: 2 * size,
          grey,
        });
      }
    }
    await writeTree(folder, tree);
    for (const [channels, expected] of [
      [3, [200, 100, 50]],
      [1, [125]],
    ] as const) {
      const { train } = await prepared('.', images(2, { channels, height: 6, width: 5 }));
      const values = (await readFile(train.path)).subarray(0, 30 * channels);
      for (const [channel, value] of expected.entries()) {
        for (const got of values.subarray(30 * channel, 30 * (channel + 1))) {
          // Grey pictures have the same in each channel; JPEG and WebP are a little off.
          expect([value, 125].some((each) => Math.abs(each - got) < 12)).toBe(true);
        }
      }
    }
  });

  it('stay as they are if they have the size already', async () => {
    const tree = await classFolders(['a', 'b'], 4);
    await writeTree(folder, tree);
    const { train } = await prepared('.', images(2));
    const values = await readFile(train.path);
    expect([values[0], values[64], values[128]]).toEqual([0, expect.any(Number), 40]);
    expect((values[64] as number) % 10).toBe(0);
  });

  it.each(['crop', 'pad', 'squash'] as const)('are resized by %s', async (fit) => {
    // Left half black, right half white, twice as wide as high.
    const wide = await twoHalves();
    await writeTree(
      folder,
      Object.fromEntries(['a', 'b'].flatMap((name) => [0, 1, 2, 3].map((n) => [`${name}/${n}.png`, wide]))),
    );
    const { train } = await prepared('.', images(2, { fit, channels: 1, height: 8, width: 8 }));
    const image = (await readFile(train.path)).subarray(0, 64);
    const [top, middle] = [image[4 + 3] as number, image[4 * 8 + 7] as number];
    expect(middle).toBeGreaterThan(200);
    if (fit === 'pad') expect(top).toBeLessThan(50);
    else expect(top).toBeGreaterThan(200);
  });
});

describe('arrays', () => {
  const labels = npyOf(
    '<i8',
    [12],
    bytesOf(BigInt64Array.from({ length: 12 }, (_, index) => BigInt(index % 2) + 3n)),
  );

  it.each([
    ['bytes', '|u1', (values: number[]) => Uint8Array.from(values)],
    ['floats from 0 to 1', '<f4', (values: number[]) => Float32Array.from(values, (value) => value / 255)],
    ['doubles from 0 to 255', '<f8', (values: number[]) => Float64Array.from(values)],
  ])('of %s are images', async (_title, type, make) => {
    const values = Array.from({ length: 12 * 20 }, (_, index) => index % 256);
    await writeFile(
      join(folder, 'x.npz'),
      zipOf({ 'images.npy': npyOf(type, [12, 4, 5], bytesOf(make(values))), 'labels.npy': labels }),
    );
    const { classes, train } = await prepared('x.npz', images(2, { channels: 1, height: 4, width: 5 }));
    expect(classes).toEqual(['3', '4']);
    const first = (await readFile(train.path)).subarray(0, 20);
    expect([...first].map((value, index) => value - (first[0] as number) - index)).toEqual(Array(20).fill(0));
  });

  it.each<[string, Tree, RegExp]>([
    [
      'no labels',
      { 'images.npy': npyOf('|u1', [12, 2, 2], new Uint8Array(48)) },
      /expected the arrays images and labels/,
    ],
    [
      'too few labels',
      { 'images.npy': npyOf('|u1', [13, 2, 2], new Uint8Array(52)), 'labels.npy': labels },
      /a label for each of 13 images/,
    ],
    [
      'another shape',
      { 'images.npy': npyOf('|u1', [12, 4], new Uint8Array(48)), 'labels.npy': labels },
      /got the shape \(12, 4\)/,
    ],
    [
      'too few bytes',
      { 'images.npy': npyOf('|u1', [12, 2, 2], new Uint8Array(40)), 'labels.npy': labels },
      /expected 48 bytes/,
    ],
    [
      'objects',
      { 'images.npy': npyOf('|O', [12, 2, 2], new Uint8Array(40)), 'labels.npy': labels },
      /got values of type "\|O"/,
    ],
    [
      'NaN',
      {
        'images.npy': npyOf('<f4', [12, 1, 1], bytesOf(new Float32Array(12).fill(Number.NaN))),
        'labels.npy': labels,
      },
      /got NaN at 0/,
    ],
  ])('are refused with %s', async (_title, tree, message) => {
    await writeFile(join(folder, 'x.npz'), zipOf(tree));
    await expect(prepared('x.npz', images(2))).rejects.toThrow(message);
  });
});

// --- helpers ---

function images(classes: number, change: Record<string, unknown> = {}): StudyData {
  return dataSchema.parse({ kind: 'images', classes, height: 8, width: 8, channels: 3, ...change });
}

function prepared(name: string, data: StudyData): Promise<PreparedData> {
  return prepareFrom(join(folder, name), name, data, scratch);
}

function prefixed(prefix: string, tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([path, content]) => [`${prefix}${path}`, content]));
}

/** The same PNG with another width in its header. */
function lying(png: Buffer, width: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(width, 16);
  return changed;
}

function layoutOf({ examples }: PreparedData['train'], classes: number, hasGroups: boolean) {
  return {
    examples,
    classes,
    exampleBytes: 192,
    isFloat: false,
    strideBytes: 192,
    labels: 'after' as const,
    hasGroups,
  };
}

function labelsOf(file: PreparedData['train'], classes: number): number[] {
  return [...openExampleFile({ path: file.path }, layoutOf(file, classes, false)).labels];
}

function groupsOf(file: PreparedData['train']): number[] {
  return [...(openExampleFile({ path: file.path }, layoutOf(file, 2, true)).groups ?? [])];
}

async function twoHalves(): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const pixels = Uint8Array.from({ length: 32 * 16 }, (_, index) => (index % 32 < 16 ? 0 : 255));
  return sharp(pixels, { raw: { width: 32, height: 16, channels: 1 } })
    .png()
    .toBuffer();
}
