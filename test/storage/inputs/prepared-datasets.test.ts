import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../storage/blobs.ts';
import { getDatasetManifest } from '../../../storage/inputs/datasets.ts';
import { cachedTrainingFile } from '../../../storage/inputs/local-cache.ts';
import {
  findPreparedDataset,
  type PreparedContent,
  putPreparedDataset,
} from '../../../storage/inputs/prepared-datasets.ts';
import { TestImagesRefusedError } from '../../../storage/inputs/test-image-guard.ts';
import { testParts } from '../../../storage/inputs/test-images.ts';
import { testPartKey, trainingPartKey } from '../../../storage/keys.ts';
import { DamagedObjectError, type ObjectStore } from '../../../storage/object-store.ts';
import { storeKinds } from '../fresh-stores.ts';

const RECIPE = 'a'.repeat(64);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepared-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(storeKinds)('prepared data (%s)', (_name, createStore) => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await createStore();
  });

  it('are stored in parts, found by their recipe, and read again', async () => {
    const content = await made({ train: [300, 200], test: [100] });
    expect(await findPreparedDataset(store, RECIPE)).toBeUndefined();
    const manifest = await putPreparedDataset(store, content);
    expect(await findPreparedDataset(store, RECIPE)).toEqual(manifest);
    expect(await getDatasetManifest(store, manifest.dataset)).toEqual(manifest);
    const cached = await cachedTrainingFile(store, manifest, join(folder, 'cache'));
    const again = await cachedTrainingFile(store, manifest, join(folder, 'cache'));
    expect(again).toEqual(cached);
    expect(await readFile((cached as { path: string }).path)).toEqual(await readFile(content.train.path));
    expect(await readdir(join(folder, 'cache'))).toHaveLength(1);
  });

  it('are found by each recipe that has given them, as those of a folder and of its archive', async () => {
    const content = await made({ train: [300], test: [100] });
    const manifest = await putPreparedDataset(store, content);
    const [archived, other] = ['c'.repeat(64), 'd'.repeat(64)];
    expect(await putPreparedDataset(store, { ...content, recipe: archived })).toEqual(manifest);
    expect(await findPreparedDataset(store, archived)).toEqual(manifest);
    expect(await findPreparedDataset(store, RECIPE)).toEqual(manifest);
    expect(await findPreparedDataset(store, other)).toBeUndefined();
    await store.delete(trainingPartKey(manifest.dataset, 0));
    expect(await findPreparedDataset(store, archived)).toBeUndefined();
  });

  it('have another name if classes, form or any byte differ', async () => {
    const content = await made({ train: [300], test: [100] });
    const others = [
      { ...content, classes: ['a', 'c'] },
      { ...content, input: { ...content.input, shape: [5, 2, 1] as [number, number, number] } },
      { ...content, hasGroups: true },
      await made({ train: [300], test: [100] }),
    ];
    const names = [];
    for (const each of [content, ...others]) names.push((await putPreparedDataset(store, each)).dataset);
    expect(new Set(names).size).toBe(5);
  });

  it('are completed if storing them was interrupted, and refused if a part is damaged', async () => {
    const content = await made({ train: [300, 200], test: [100] });
    const { dataset } = await putPreparedDataset(store, content);
    await store.delete(trainingPartKey(dataset, 1));
    expect(await findPreparedDataset(store, RECIPE)).toBeUndefined();
    const manifest = await putPreparedDataset(store, content);
    expect(await findPreparedDataset(store, RECIPE)).toEqual(manifest);
    await store.put(trainingPartKey(dataset, 0), randomBytes(300));
    await expect(cachedTrainingFile(store, manifest, join(folder, 'cache'))).rejects.toThrow(
      DamagedObjectError,
    );
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it('keep their test examples for the final test', async () => {
    const content = await made({ train: [300], test: [100, 50] });
    const manifest = await putPreparedDataset(store, content);
    for (const part of [0, 1]) {
      await expect(store.get(testPartKey(manifest.dataset, part))).rejects.toThrow(TestImagesRefusedError);
    }
    const read: Buffer[] = [];
    for await (const part of testParts(store, manifest)) read.push(part);
    expect(Buffer.concat(read)).toEqual(await readFile(content.test.path));
  });
});

// --- helpers ---

async function made(sizes: { train: number[]; test: number[] }): Promise<PreparedContent> {
  const file = async (name: string, parts: number[]) => {
    const contents = parts.map((size) => randomBytes(size));
    const bytes = Buffer.concat(contents);
    const path = join(folder, `${name}-${Math.random()}`);
    await writeFile(path, bytes);
    return {
      path,
      examples: 10,
      sizeBytes: bytes.length,
      sha256: sha256Of(bytes),
      parts: contents.map((part) => ({ sha256: sha256Of(part), sizeBytes: part.length })),
    };
  };
  return {
    train: await file('train', sizes.train),
    test: await file('test', sizes.test),
    input: { shape: [2, 5, 1], classes: 2 },
    classes: ['a', 'b'],
    hasGroups: false,
    fit: 'crop',
    recipe: RECIPE,
    origin: { kind: 'own', archiveSha256: 'b'.repeat(64), source: 'pictures' },
    summary: {
      counts: { training: [5, 5], test: [5, 5] },
      duplicates: { withinTraining: 0, testInTraining: 0 },
    },
  };
}
