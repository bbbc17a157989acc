import { open } from 'node:fs/promises';
import { z } from 'zod';
import { datasetOriginSchema } from '../../study/record/record.ts';
import { getVerified, sha256Of } from '../blobs.ts';
import { createJson } from '../json-objects.ts';
import {
  DATASETS_PREFIX,
  datasetManifestKey,
  datasetRecipeKey,
  parseDatasetRecipeKey,
  testPartKey,
  trainingPartKey,
} from '../keys.ts';
import type { ObjectStore } from '../object-store.ts';
import {
  datasetManifestSchema,
  getDatasetManifest,
  listDatasets,
  type PreparedManifest,
  preparedDatasetId,
} from './datasets.ts';

/** A file of examples on this machine's disk, and its parts. */
interface LocalFile {
  path: string;
  examples: number;
  sizeBytes: number;
  sha256: string;
  parts: PreparedManifest['train']['parts'];
}

/** Data as they were prepared, and where they come from. */
export interface PreparedContent extends Omit<PreparedManifest, 'format' | 'dataset' | 'train' | 'test'> {
  train: LocalFile;
  test: LocalFile;
}

/** Another recipe that gives a data set, and what was prepared by it. The manifest has the first one. */
const recipeSchema = z.strictObject({ format: z.literal(1), origin: datasetOriginSchema });

/**
 * Stores prepared data unless they are already there, part by part. The manifest is written last. If another recipe has given
 * the same data before, such as that of a folder's archive, this recipe is noted beside it.
 *
 * @param onProgress called with the number of bytes stored so far.
 * @returns the stored manifest.
 */
export async function putPreparedDataset(
  store: ObjectStore,
  { train, test, ...content }: PreparedContent,
  onProgress: (doneBytes: number, totalBytes: number) => void = () => {},
): Promise<PreparedManifest> {
  const dataset = preparedDatasetId({ train, test, ...content });
  const total = train.sizeBytes + test.sizeBytes;
  let done = 0;
  for (const [file, keyOf] of [[train, trainingPartKey] as const, [test, testPartKey] as const]) {
    const handle = await open(file.path);
    try {
      let at = 0;
      for (const [part, { sizeBytes, sha256 }] of file.parts.entries()) {
        const key = keyOf(dataset, part);
        const stored = await store.stat(key);
        if (stored?.sizeBytes !== sizeBytes) {
          const { buffer } = await handle.read(Buffer.alloc(sizeBytes), 0, sizeBytes, at);
          if (sha256Of(buffer) !== sha256)
            throw new Error(`${file.path}: it has changed since it was written`);
          await store.put(key, buffer);
        }
        at += sizeBytes;
        done += sizeBytes;
        onProgress(done, total);
      }
    } finally {
      await handle.close();
    }
  }
  const manifest: PreparedManifest = {
    format: 2,
    dataset,
    ...content,
    train: withoutPath(train),
    test: withoutPath(test),
  };
  const written = await createJson(store, datasetManifestKey(dataset), datasetManifestSchema, manifest);
  if (written !== 'different') return manifest;
  const existing = await getDatasetManifest(store, dataset);
  if (existing.format !== 2) return manifest;
  if (existing.recipe !== content.recipe) {
    const key = datasetRecipeKey(dataset, content.recipe);
    await createJson(store, key, recipeSchema, { format: 1, origin: content.origin });
  }
  return existing;
}

/** The data set that was prepared by this recipe, or undefined if the store doesn't have all of its parts. */
export async function findPreparedDataset(
  store: ObjectStore,
  recipe: string,
): Promise<PreparedManifest | undefined> {
  const keys = (await store.list(DATASETS_PREFIX)).map(({ key }) => parseDatasetRecipeKey(key));
  const noted = new Set(keys.flatMap((each) => (each?.recipe === recipe ? [each.dataset] : [])));
  for (const manifest of await listDatasets(store)) {
    const isFound = manifest.format === 2 && (manifest.recipe === recipe || noted.has(manifest.dataset));
    if (isFound && (await isComplete(store, manifest))) return manifest;
  }
  return undefined;
}

/**
 * Reads and verifies the parts of the training file, in order.
 *
 * @throws {DamagedObjectError} if one is missing or its hash is wrong.
 */
export async function* trainingParts(
  store: ObjectStore,
  { dataset, train }: PreparedManifest,
): AsyncGenerator<Buffer> {
  for (const [part, { sha256 }] of train.parts.entries()) {
    yield await getVerified(store, trainingPartKey(dataset, part), sha256);
  }
}

// --- helpers ---

function withoutPath({ path: _, ...file }: LocalFile): PreparedManifest['train'] {
  return file;
}

async function isComplete(store: ObjectStore, { dataset, train, test }: PreparedManifest): Promise<boolean> {
  for (const [{ parts }, keyOf] of [[train, trainingPartKey] as const, [test, testPartKey] as const]) {
    for (const [part, { sizeBytes }] of parts.entries()) {
      if ((await store.stat(keyOf(dataset, part)))?.sizeBytes !== sizeBytes) return false;
    }
  }
  return true;
}
