import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../infra/make-folder.ts';
import { sha256Of } from '../blobs.ts';
import type { ObjectStore } from '../object-store.ts';
import { type DatasetManifest, getTrainingImages } from './datasets.ts';
import { trainingParts } from './prepared-datasets.ts';
import { getWeights } from './weights.ts';

/** A file of this machine's cache, or its content if the cache can't be written to. */
export type CachedFile = { path: string } | { content: Buffer };

/**
 * The file with a data set's examples for training and validation, verified: all of its trainers read it, by position. It is
 * read from the store if no intact copy is in the folder. Processes may share the folder because a file appears only when
 * it is complete. Test images are never cached.
 */
export async function cachedTrainingFile(
  store: ObjectStore,
  manifest: DatasetManifest,
  folder: string,
): Promise<CachedFile> {
  const isPacked = manifest.format === 1;
  const sha256 = isPacked ? manifest.trainingSha256 : manifest.train.sha256;
  const file = path.join(folder, `${sha256}.${isPacked ? 'records' : 'examples'}`);
  if ((await hashOf(file)) === sha256) return { path: file };
  if (!isPacked) return keep(file, () => trainingParts(store, manifest));
  const images = await getTrainingImages(store, manifest.dataset);
  return keep(file, () => [images]);
}

/** The safetensors file of pretrained weights, from the folder or the store. */
export async function cachedWeights(store: ObjectStore, sha256: string, folder: string): Promise<Buffer> {
  const file = path.join(folder, `${sha256}.safetensors`);
  const local = await readFile(file).catch(() => undefined);
  if (local && sha256Of(local) === sha256) return local;
  const content = await getWeights(store, sha256);
  await keep(file, () => [content]);
  return content;
}

// --- helpers ---

/** @returns undefined if there is no such file. Whatever is wrong with it, the store has the content. */
async function hashOf(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/** Writes a file of the cache. If that isn't possible, a warning says so, and the content stays in memory. */
async function keep(
  file: string,
  parts: () => Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<CachedFile> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    makeFolder(path.dirname(file));
    const handle = await open(temporary, 'wx');
    try {
      for await (const part of parts()) await handle.writeFile(part);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    return { path: file };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    // What the store throws is no matter of this machine's disk.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    console.warn(
      `could not cache ${path.basename(file)} in ${path.dirname(file)} (${error.message}); free some space there, or make the folder ` +
        'writable',
    );
    const held: Buffer[] = [];
    for await (const part of parts()) held.push(part);
    return { content: Buffer.concat(held) };
  }
}
