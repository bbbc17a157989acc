import { z } from 'zod';
import { datasetOriginSchema } from '../../study/record/record.ts';
import { sha256Schema } from '../../study/trial/trial.ts';
import { getVerified, sha256Of } from '../blobs.ts';
import { createJson, readJson } from '../json-objects.ts';
import {
  DATASETS_PREFIX,
  datasetManifestKey,
  parseDatasetManifestKey,
  testImagesKey,
  trainingImagesKey,
} from '../keys.ts';
import { DamagedObjectError, type ObjectStore } from '../object-store.ts';

const datasetManifestSchema = z.strictObject({
  format: z.literal(1),
  /** The data set's name: `datasetId` of the two hashes below. */
  dataset: sha256Schema,
  trainingSha256: sha256Schema,
  testSha256: sha256Schema,
  trainImages: z.number().int().min(1),
  testImages: z.number().int().min(1),
  /** By label. */
  classes: z.array(z.string()).length(10),
  /** Where it was first read from. Other archives may hold the same images. */
  origin: datasetOriginSchema,
});
export type DatasetManifest = z.infer<typeof datasetManifestSchema>;

/** A data set as read from an archive: the packed images of CIFAR-10's binary files. */
export interface DatasetContent
  extends Pick<DatasetManifest, 'trainImages' | 'testImages' | 'classes' | 'origin'> {
  train: Uint8Array;
  test: Uint8Array;
}

/**
 * Names a data set by its content: the SHA-256 of the line `<trainingSha256> <testSha256>`. It covers both parts
 * because the same training images with other test images make another study. Each part can be verified without
 * the other, so training never reads the test images.
 */
export function datasetId(trainingSha256: string, testSha256: string): string {
  return sha256Of(Buffer.from(`${trainingSha256} ${testSha256}\n`));
}

/**
 * Stores a data set unless it is already there. The manifest is written last.
 *
 * @returns the stored manifest.
 */
export async function putDataset(store: ObjectStore, content: DatasetContent): Promise<DatasetManifest> {
  const { train, test, trainImages, testImages, classes, origin } = content;
  const trainingSha256 = sha256Of(train);
  const testSha256 = sha256Of(test);
  const dataset = datasetId(trainingSha256, testSha256);
  const manifest: DatasetManifest = {
    format: 1,
    dataset,
    trainingSha256,
    testSha256,
    trainImages,
    testImages,
    classes,
    origin,
  };

  const existing = await readManifest(store, dataset);
  const parts = [
    { key: trainingImagesKey(dataset), bytes: train },
    { key: testImagesKey(dataset), bytes: test },
  ];
  for (const { key, bytes } of parts) {
    const stored = existing && (await store.stat(key));
    if (stored?.sizeBytes !== bytes.length) await store.put(key, bytes);
  }
  if (existing) return existing;
  const written = await createJson(store, datasetManifestKey(dataset), datasetManifestSchema, manifest);
  return written === 'different' ? getDatasetManifest(store, dataset) : manifest;
}

/**
 * @param imageBytes size of a packed image.
 * @returns the data set that was read from the archive with this SHA-256, or undefined if the store doesn't have all of
 *   its images.
 */
export async function findDataset(
  store: ObjectStore,
  archiveSha256: string,
  imageBytes: number,
): Promise<DatasetManifest | undefined> {
  const datasets = await listDatasets(store);
  const found = datasets.find(({ origin }) => origin.archiveSha256 === archiveSha256);
  if (!found) return undefined;
  const { dataset, trainImages, testImages } = found;
  const [train, test] = await Promise.all([
    store.stat(trainingImagesKey(dataset)),
    store.stat(testImagesKey(dataset)),
  ]);
  const isComplete =
    train?.sizeBytes === trainImages * imageBytes && test?.sizeBytes === testImages * imageBytes;
  return isComplete ? found : undefined;
}

/** @throws {DamagedObjectError} if a manifest is damaged. */
export async function listDatasets(store: ObjectStore): Promise<DatasetManifest[]> {
  const datasets: DatasetManifest[] = [];
  for (const { key } of await store.list(DATASETS_PREFIX)) {
    const dataset = parseDatasetManifestKey(key);
    const manifest = dataset && (await readManifest(store, dataset));
    if (manifest) datasets.push(manifest);
  }
  return datasets;
}

/**
 * @throws {DamagedObjectError} if the manifest is damaged.
 * @throws {Error} if the data set isn't in the store.
 */
export async function getDatasetManifest(store: ObjectStore, dataset: string): Promise<DatasetManifest> {
  const manifest = await readManifest(store, dataset);
  if (!manifest) {
    throw new Error(`the object store has no data set ${dataset}; prepare it first`);
  }
  return manifest;
}

/**
 * Reads and verifies the packed training and validation images.
 *
 * @throws {DamagedObjectError} if they are missing or their hash is wrong.
 */
export async function getTrainingImages(store: ObjectStore, dataset: string): Promise<Buffer> {
  const { trainingSha256 } = await getDatasetManifest(store, dataset);
  return getVerified(store, trainingImagesKey(dataset), trainingSha256);
}

// --- helpers ---

async function readManifest(store: ObjectStore, dataset: string): Promise<DatasetManifest | undefined> {
  const key = datasetManifestKey(dataset);
  const manifest = (await readJson(store, key, datasetManifestSchema))?.value;
  if (!manifest) return undefined;
  const named = datasetId(manifest.trainingSha256, manifest.testSha256);
  if (manifest.dataset !== dataset || named !== dataset) {
    throw new DamagedObjectError(key, `the hashes of data set ${dataset}`, `those of ${named}`);
  }
  return manifest;
}
