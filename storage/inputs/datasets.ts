import { z } from 'zod';
import { inputFormSchema } from '../../study/definition/input-form.ts';
import { dataSummarySchema, datasetOriginSchema } from '../../study/record/record.ts';
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

const packedManifestSchema = z.strictObject({
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

const fileSchema = z.strictObject({
  examples: z.number().int().min(1),
  sizeBytes: z.number().int().min(1),
  /** Of the whole file. */
  sha256: sha256Schema,
  /** What the store has it in, in order. */
  parts: z.array(z.strictObject({ sha256: sha256Schema, sizeBytes: z.number().int().min(1) })).min(1),
});

const featureSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('number'), column: z.string() }),
  z.strictObject({ kind: z.literal('is'), column: z.string(), value: z.string().nullable() }),
]);

/** Of data of one's own: two files of examples, see training/data/prepare/examples-file.ts. */
const preparedManifestSchema = z.strictObject({
  format: z.literal(2),
  /** The data set's name: `preparedDatasetId`. */
  dataset: sha256Schema,
  train: fileSchema,
  test: fileSchema,
  input: inputFormSchema,
  /** Names of the classes, by label. */
  classes: z.array(z.string()).min(2),
  hasGroups: z.boolean(),
  /** Of images: how those of another shape were resized. */
  fit: z.enum(['crop', 'pad', 'squash']).exactOptional(),
  /** Of a table: what each value of a row means. */
  features: z.array(featureSchema).exactOptional(),
  /** `dataRecipe` by which it was first prepared. */
  recipe: sha256Schema,
  origin: datasetOriginSchema,
  summary: dataSummarySchema,
});

export const datasetManifestSchema = z.discriminatedUnion('format', [
  packedManifestSchema,
  preparedManifestSchema,
]);
export type PackedManifest = z.infer<typeof packedManifestSchema>;
export type PreparedManifest = z.infer<typeof preparedManifestSchema>;
export type DatasetManifest = PackedManifest | PreparedManifest;

/** A data set as read from an archive: the packed images of CIFAR-10's binary files. */
export interface DatasetContent
  extends Pick<PackedManifest, 'trainImages' | 'testImages' | 'classes' | 'origin'> {
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
 * Names data of one's own by their content: the SHA-256 of the line `<training file> <test file> <JSON>`, where the JSON has the
 * form of the examples, the names of the classes, and what the values of a table's rows mean.
 */
export function preparedDatasetId({
  train,
  test,
  input,
  classes,
  hasGroups,
  features = [],
}: Pick<PreparedManifest, 'input' | 'classes' | 'hasGroups' | 'features'> & {
  train: { sha256: string };
  test: { sha256: string };
}): string {
  const json = JSON.stringify([
    input.shape,
    classes,
    hasGroups,
    features.map((feature) => [feature.column, ...(feature.kind === 'is' ? [feature.value] : [])]),
  ]);
  return sha256Of(Buffer.from(`${train.sha256} ${test.sha256} ${json}\n`));
}

/**
 * Stores a data set unless it is already there. The manifest is written last.
 *
 * @returns the stored manifest.
 */
export async function putDataset(store: ObjectStore, content: DatasetContent): Promise<PackedManifest> {
  const { train, test, trainImages, testImages, classes, origin } = content;
  const trainingSha256 = sha256Of(train);
  const testSha256 = sha256Of(test);
  const dataset = datasetId(trainingSha256, testSha256);
  const manifest: PackedManifest = {
    format: 1,
    dataset,
    trainingSha256,
    testSha256,
    trainImages,
    testImages,
    classes,
    origin,
  };

  const existing = asPacked(await readManifest(store, dataset));
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
  return written === 'different'
    ? (asPacked(await getDatasetManifest(store, dataset)) ?? manifest)
    : manifest;
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
): Promise<PackedManifest | undefined> {
  const datasets = await listDatasets(store);
  const found = datasets.map(asPacked).find((each) => each?.origin.archiveSha256 === archiveSha256);
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
  const { trainingSha256 } = await getPackedManifest(store, dataset);
  return getVerified(store, trainingImagesKey(dataset), trainingSha256);
}

/**
 * The manifest of packed images.
 *
 * @throws {DamagedObjectError} if the manifest is damaged.
 * @throws {Error} if the store has no such images.
 */
export async function getPackedManifest(store: ObjectStore, dataset: string): Promise<PackedManifest> {
  const manifest = await getDatasetManifest(store, dataset);
  if (manifest.format === 1) return manifest;
  throw new Error(`expected packed images of CIFAR-10's form in data set ${dataset}, got prepared examples`);
}

/** How many examples a data set has. */
export function countExamples(manifest: DatasetManifest): { training: number; test: number } {
  return manifest.format === 1
    ? { training: manifest.trainImages, test: manifest.testImages }
    : { training: manifest.train.examples, test: manifest.test.examples };
}

// --- helpers ---

function asPacked(manifest: DatasetManifest | undefined): PackedManifest | undefined {
  return manifest?.format === 1 ? manifest : undefined;
}

async function readManifest(store: ObjectStore, dataset: string): Promise<DatasetManifest | undefined> {
  const key = datasetManifestKey(dataset);
  const manifest = (await readJson(store, key, datasetManifestSchema))?.value;
  if (!manifest) return undefined;
  const named =
    manifest.format === 1
      ? datasetId(manifest.trainingSha256, manifest.testSha256)
      : preparedDatasetId(manifest);
  if (manifest.dataset !== dataset || named !== dataset) {
    throw new DamagedObjectError(key, `the hashes of data set ${dataset}`, `those of ${named}`);
  }
  return manifest;
}
