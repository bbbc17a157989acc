import { z } from 'zod';
import { datasetOriginSchema } from '../../study/record/record.ts';
import { sha256Schema } from '../../study/trial/trial.ts';
import { getVerified, sha256Of } from '../blobs.ts';
import { createJson, readJson } from '../json-objects.ts';
import {
  datasetManifestKey,
  datasetsPrefix,
  parseDatasetManifestKey,
  testRecordsKey,
  trainingRecordsKey,
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
  /** As it was first stored; another archive may hold the same records. */
  origin: datasetOriginSchema,
});
export type DatasetManifest = z.infer<typeof datasetManifestSchema>;

/** A data set as read from an archive: records as they are in CIFAR-10's binary files. */
export interface DatasetContent
  extends Pick<DatasetManifest, 'trainImages' | 'testImages' | 'classes' | 'origin'> {
  train: Uint8Array;
  test: Uint8Array;
}

/**
 * Names a data set by its content: the SHA-256 of the line `<SHA-256 of the training records> <SHA-256 of
 * the test records>`. It covers both parts, as the same training images with other test images are another
 * study; and each part can be verified without reading the other, so that training never touches the tests.
 */
export function datasetId(trainingSha256: string, testSha256: string): string {
  return sha256Of(Buffer.from(`${trainingSha256} ${testSha256}\n`));
}

/**
 * Stores a data set unless it is there; the manifest last.
 *
 * @returns the manifest as it is in the store.
 */
export async function putDataset(store: ObjectStore, content: DatasetContent): Promise<DatasetManifest> {
  const { train, test, trainImages, testImages, classes, origin } = content;
  const trainingSha256 = sha256Of(train);
  const testSha256 = sha256Of(test);
  const dataset = datasetId(trainingSha256, testSha256);
  const manifest: DatasetManifest = {
    format: 1,
    ...{ dataset, trainingSha256, testSha256, trainImages, testImages, classes, origin },
  };

  const existing = await readManifest(store, dataset);
  const parts = [
    { key: trainingRecordsKey(dataset), bytes: train },
    { key: testRecordsKey(dataset), bytes: test },
  ];
  for (const { key, bytes } of parts) {
    const there = existing && (await store.stat(key));
    if (there?.sizeBytes !== bytes.length) await store.put(key, bytes);
  }
  if (existing) return existing;
  const written = await createJson(store, datasetManifestKey(dataset), datasetManifestSchema, manifest);
  return written === 'different' ? getDatasetManifest(store, dataset) : manifest;
}

/** The data set that was read from an archive with this SHA-256; undefined where there is none. */
export async function findDataset(
  store: ObjectStore,
  archiveSha256: string,
): Promise<DatasetManifest | undefined> {
  for (const { key } of await store.list(datasetsPrefix)) {
    const dataset = parseDatasetManifestKey(key);
    const manifest = dataset && (await readManifest(store, dataset));
    if (manifest && manifest.origin.archiveSha256 === archiveSha256) return manifest;
  }
  return undefined;
}

/** Throws where the data set isn't stored (an `Error`) or its manifest isn't sound (`DamagedObjectError`). */
export async function getDatasetManifest(store: ObjectStore, dataset: string): Promise<DatasetManifest> {
  const manifest = await readManifest(store, dataset);
  if (!manifest) {
    throw new Error(`expected the data set ${dataset} in the object store, found none; prepare it first`);
  }
  return manifest;
}

/** The training records, verified: `DamagedObjectError` where they aren't what the data set's name says. */
export async function getTrainingRecords(store: ObjectStore, dataset: string): Promise<Buffer> {
  const { trainingSha256 } = await getDatasetManifest(store, dataset);
  return getVerified(store, trainingRecordsKey(dataset), trainingSha256);
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
