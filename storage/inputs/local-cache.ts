import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../infra/make-folder.ts';
import { sha256Of } from '../blobs.ts';
import type { ObjectStore } from '../object-store.ts';
import { getDatasetManifest, getTrainingImages } from './datasets.ts';
import { getWeights } from './weights.ts';

/**
 * Reads a data set's packed training images from a local folder if an intact copy is there, and otherwise from the
 * store. Processes may share the folder because a file appears only when it is complete. If the folder can't be written
 * to, a warning says so, and the next reader reads from the store again. Test images are never cached.
 */
export async function cachedTrainingImages(
  store: ObjectStore,
  dataset: string,
  folder: string,
): Promise<Buffer> {
  const { trainingSha256 } = await getDatasetManifest(store, dataset);
  const file = path.join(folder, `${trainingSha256}.records`);
  return cached(file, trainingSha256, () => getTrainingImages(store, dataset));
}

/** The same for the safetensors file of pretrained weights. */
export function cachedWeights(store: ObjectStore, sha256: string, folder: string): Promise<Buffer> {
  return cached(path.join(folder, `${sha256}.safetensors`), sha256, () => getWeights(store, sha256));
}

// --- helpers ---

async function cached(file: string, sha256: string, readFromStore: () => Promise<Buffer>): Promise<Buffer> {
  const local = await readIfThere(file);
  if (local && sha256Of(local) === sha256) return local;

  const content = await readFromStore();
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    makeFolder(path.dirname(file));
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    console.warn(
      `could not cache ${content.length} bytes in ${path.dirname(file)} (${(error as Error).message}); ` +
        'free some space there, or make the folder writable',
    );
  }
  return content;
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch {
    // Whatever is wrong with the file, the store has the content.
    return undefined;
  }
}
