import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Of } from '../blobs.ts';
import type { ObjectStore } from '../object-store.ts';
import { getDatasetManifest, getTrainingRecords } from './datasets.ts';
import { getWeights } from './weights.ts';

/**
 * The training records of a data set, from a local folder where they are there and sound, from the store
 * otherwise. Several processes may share the folder: a file appears whole or not at all. Test images are
 * never kept here.
 */
export async function cachedTrainingRecords(
  store: ObjectStore,
  dataset: string,
  folder: string,
): Promise<Buffer> {
  const { trainingSha256 } = await getDatasetManifest(store, dataset);
  const file = path.join(folder, `${trainingSha256}.records`);
  return cached(file, trainingSha256, () => getTrainingRecords(store, dataset));
}

/** The same for the safetensors file of weights. */
export function cachedWeights(store: ObjectStore, sha256: string, folder: string): Promise<Buffer> {
  return cached(path.join(folder, `${sha256}.safetensors`), sha256, () => getWeights(store, sha256));
}

// --- helpers ---

async function cached(file: string, sha256: string, fetch: () => Promise<Buffer>): Promise<Buffer> {
  const there = await readIfThere(file);
  if (there && sha256Of(there) === sha256) return there;

  const content = await fetch();
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new Error(
      `could not keep ${content.length} bytes in ${path.dirname(file)} (${cause}); ` +
        'make room there, or make the folder writable',
      { cause },
    );
  }
  return content;
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch {
    // Whatever is wrong with the file, the store has the truth.
    return undefined;
  }
}
