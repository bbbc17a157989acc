import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sha256Schema } from '../study/trial/trial.ts';
import { blobKey } from './keys.ts';
import { DamagedObjectError, type ObjectStore, PreconditionFailedError } from './object-store.ts';

/**
 * Names a blob by its content. Whoever writes blobs of a trial puts the trial's key into their bytes (into
 * the metadata of a safetensors file): then a blob belongs to one trial alone, and may be deleted together
 * with the last of that trial's manifests that names it.
 */
export const blobRefSchema = z.strictObject({
  sha256: sha256Schema,
  sizeBytes: z.number().int().min(0),
});
export type BlobRef = z.infer<typeof blobRefSchema>;

/** SHA-256 in lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Stores bytes at `blobs/<sha256>`. What is there already is kept if it is sound, and mended if not. */
export async function putBlob(store: ObjectStore, bytes: Uint8Array): Promise<BlobRef> {
  const ref = { sha256: sha256Of(bytes), sizeBytes: bytes.length };
  const key = blobKey(ref.sha256);
  try {
    await store.put(key, bytes, { ifNoneMatch: '*' });
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    // Reading it back costs little, as this is rare, and a damaged blob would stay so for ever otherwise.
    const there = await store.get(key);
    if (!there || sha256Of(there.body) !== ref.sha256) await store.put(key, bytes);
  }
  return ref;
}

/** Reads a blob and verifies it; throws `DamagedObjectError` where it is missing or another. */
export async function getBlob(store: ObjectStore, ref: BlobRef): Promise<Buffer> {
  return getVerified(store, blobKey(ref.sha256), ref.sha256);
}

/** Reads an object whose SHA-256 is known; throws `DamagedObjectError` where it is missing or another. */
export async function getVerified(store: ObjectStore, key: string, sha256: string): Promise<Buffer> {
  const object = await store.get(key);
  if (!object) throw new DamagedObjectError(key, `an object with SHA-256 ${sha256}`, 'nothing');
  const actual = sha256Of(object.body);
  if (actual !== sha256) {
    throw new DamagedObjectError(
      key,
      `content with SHA-256 ${sha256}`,
      `${object.body.length} bytes with ${actual}`,
    );
  }
  return object.body;
}
