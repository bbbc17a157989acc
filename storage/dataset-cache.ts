import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Of } from './blobs.ts';
import { getDatasetManifest, getTrainingRecords } from './datasets.ts';
import type { ObjectStore } from './object-store.ts';

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
  const cached = await readIfThere(file);
  if (cached && sha256Of(cached) === trainingSha256) return cached;

  const records = await getTrainingRecords(store, dataset);
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, records);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new Error(
      `could not keep ${records.length} bytes of training images in ${folder} (${cause}); ` +
        'make room there, or make the folder writable',
      { cause },
    );
  }
  return records;
}

// --- helpers ---

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch {
    // Whatever is wrong with the file, the store has the truth.
    return undefined;
  }
}
