import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type DatasetContent,
  datasetId,
  findDataset,
  getDatasetManifest,
  getTrainingImages,
  putDataset,
} from '../../../storage/inputs/datasets.ts';
import { cachedTrainingFile } from '../../../storage/inputs/local-cache.ts';
import { TestImagesRefusedError, withTestImages } from '../../../storage/inputs/test-image-guard.ts';
import { getTestImages } from '../../../storage/inputs/test-images.ts';
import { datasetManifestKey, testImagesKey, trainingImagesKey } from '../../../storage/keys.ts';
import { createMemoryStore } from '../../../storage/memory-store.ts';
import { DamagedObjectError, type ObjectStore } from '../../../storage/object-store.ts';
import { storeKinds } from '../fresh-stores.ts';

const IMAGE_BYTES = 100;
const content: DatasetContent = {
  train: randomBytes(20 * IMAGE_BYTES),
  test: randomBytes(5 * IMAGE_BYTES),
  trainImages: 20,
  testImages: 5,
  classes: Array.from({ length: 10 }, (_, index) => `class ${index}`),
  origin: { kind: 'other', source: 'somewhere.tar.gz', archiveSha256: 'c'.repeat(64) },
};

describe.each(storeKinds)('data sets (%s)', (_name, createStore) => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await createStore();
  });

  it('are stored once and verified when they are read', async () => {
    const manifest = await putDataset(store, content);
    const { dataset } = manifest;
    expect(manifest).toMatchObject({ trainImages: 20, testImages: 5, origin: content.origin });
    expect(dataset).toBe(datasetId(manifest.trainingSha256, manifest.testSha256));
    expect(await getDatasetManifest(store, dataset)).toEqual(manifest);
    expect(await getTrainingImages(store, dataset)).toEqual(content.train);
    expect(await getTestImages(store, dataset)).toEqual(content.test);

    const before = await store.stat(trainingImagesKey(dataset));
    const elsewhere = { ...content, origin: { kind: 'official' } } satisfies DatasetContent;
    expect(await putDataset(store, elsewhere)).toEqual(manifest);
    expect(await store.stat(trainingImagesKey(dataset))).toEqual(before);
  });

  it('have a name that covers both parts and the boundary between them', async () => {
    const { train, test } = content;
    const moved = { train: train.subarray(0, -100), test: Buffer.concat([train.subarray(-100), test]) };
    const names = await Promise.all(
      [
        content,
        { ...content, test: randomBytes(500) },
        { ...content, train: test },
        { ...content, ...moved },
      ].map(async (each) => (await putDataset(store, each)).dataset),
    );
    expect(new Set(names).size).toBe(4);
  });

  it('are found by the archive they were read from', async () => {
    const find = (archiveSha256: string) => findDataset(store, archiveSha256, IMAGE_BYTES);
    expect(await find('c'.repeat(64))).toBeUndefined();
    const manifest = await putDataset(store, content);
    await putDataset(store, { ...content, test: randomBytes(500), origin: { kind: 'generated' } });
    expect(await find('c'.repeat(64))).toEqual(manifest);
    expect(await find('d'.repeat(64))).toBeUndefined();
    // Reading the archive again completes it.
    await store.put(testImagesKey(manifest.dataset), Buffer.from('short'));
    expect(await find('c'.repeat(64))).toBeUndefined();
  });

  it('are completed if storing them was interrupted', async () => {
    const { dataset } = await putDataset(store, content);
    await store.put(testImagesKey(dataset), Buffer.from('short'));
    await store.delete(trainingImagesKey(dataset));
    await putDataset(store, content);
    expect(await getTrainingImages(store, dataset)).toEqual(content.train);
    expect(await getTestImages(store, dataset)).toEqual(content.test);
  });

  it('are refused if they are missing or damaged', async () => {
    await expect(getTrainingImages(store, 'd'.repeat(64))).rejects.toThrow(
      /has no data set d{64}; prepare it first/,
    );
    const { dataset } = await putDataset(store, content);
    await store.put(trainingImagesKey(dataset), randomBytes(2000));
    await expect(getTrainingImages(store, dataset)).rejects.toThrow(DamagedObjectError);
    const manifest = String((await store.get(datasetManifestKey(dataset)))?.body);
    const other = JSON.parse(manifest).trainingSha256;
    await store.put(datasetManifestKey(dataset), Buffer.from(manifest.replace(other, 'e'.repeat(64))));
    await expect(getTrainingImages(store, dataset)).rejects.toThrow(
      `expected the hashes of data set ${dataset}`,
    );
  });
});

describe.each(storeKinds)('test images (%s)', (_name, createStore) => {
  it('are refused by every store', async () => {
    const store = await createStore();
    const { dataset } = await putDataset(store, content);
    const asked = store.get(testImagesKey(dataset));
    await expect(asked).rejects.toThrow(TestImagesRefusedError);
    await expect(asked).rejects.toThrow(`datasets/${dataset}/test holds test images`);
    const everything = await Promise.allSettled(
      (await store.list('')).map(async ({ key }) => (await store.get(key))?.body),
    );
    const readable = everything.flatMap((read) => (read.status === 'fulfilled' ? [read.value] : []));
    expect(readable).toHaveLength(2); // training images and manifest
    expect(readable).not.toContainEqual(content.test);
  });

  it('are available to the final test', async () => {
    const store = await createStore();
    const { dataset } = await putDataset(store, content);
    expect(await getTestImages(store, dataset)).toEqual(content.test);
    await store.put(testImagesKey(dataset), randomBytes(500));
    await expect(getTestImages(store, dataset)).rejects.toThrow(DamagedObjectError);
  });

  it('are refused by an imitation of a guarded store', async () => {
    const store = await createStore();
    expect(() => withTestImages({ ...store })).toThrow(/expected a store from withoutTestImages/);
  });
});

describe('cachedTrainingImages', () => {
  let store: ObjectStore;
  let dataset: string;
  let reads: string[];
  let parent: string;
  let folder: string;
  beforeEach(async () => {
    store = createMemoryStore();
    ({ dataset } = await putDataset(store, content));
    reads = [];
    const { get } = store;
    store.get = (key) => {
      reads.push(key);
      return get(key);
    };
    parent = await mkdtemp(path.join(tmpdir(), 'dataset-cache-'));
    folder = path.join(parent, 'made', 'as needed');
  });
  afterEach(() => rm(parent, { recursive: true }));

  const read = async () => {
    const file = await cachedTrainingFile(store, await getDatasetManifest(store, dataset), folder);
    return 'path' in file ? readFile(file.path) : file.content;
  };
  const imageReads = () => reads.filter((key) => key === trainingImagesKey(dataset)).length;

  it('reads the images from the store once', async () => {
    expect(await read()).toEqual(content.train);
    expect(await read()).toEqual(content.train);
    expect(imageReads()).toBe(1);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('replaces a damaged file', async () => {
    await read();
    const file = path.join(folder, (await readdir(folder))[0] as string);
    for (const damaged of [content.train.subarray(1), randomBytes(2000), Buffer.alloc(0)]) {
      await writeFile(file, damaged);
      expect(await read()).toEqual(content.train);
      expect(await readFile(file)).toEqual(content.train);
    }
    expect(imageReads()).toBe(4);
  });

  it('serves simultaneous readers and leaves one file', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, read));
    for (const images of all) expect(images).toEqual(content.train);
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.records$/)]);
  });

  it('returns the images even if the folder cannot be written to, with a warning that names it', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await writeFile(path.join(parent, 'made'), 'a file where the folder should be');
    expect(await read()).toEqual(content.train);
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringMatching(/could not cache [0-9a-f]{64}\.records in .*made.* \(ENOTDIR: .*free some space/),
    ]);
    warn.mockRestore();
  });
});
