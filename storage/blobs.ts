import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sha256Schema } from '../study/trial/trial.ts';
import { blobKey } from './keys.ts';
import { DamagedObjectError, type ObjectStore } from './object-store.ts';

/**
 * Names a blob by its content. A trial's blobs contain the trial's key (in the metadata of a safetensors file),
 * so that no two trials share a blob, and the lease's term, so that attempts share only what a later one took over with a checkpoint.
 * A blob may therefore be deleted with the last manifest that names it.
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

/**
 * Stores bytes at `blobs/<sha256>`. A blob that is there is written again, which makes it young, so that `gc` doesn't take
 * it before a manifest names it. It may also be damaged.
 */
export async function putBlob(store: ObjectStore, bytes: Uint8Array): Promise<BlobRef> {
  const ref = { sha256: sha256Of(bytes), sizeBytes: bytes.length };
  await store.put(blobKey(ref.sha256), bytes);
  return ref;
}

/**
 * Reads and verifies a blob.
 *
 * @throws {DamagedObjectError} if it is missing or its hash is wrong.
 */
export async function getBlob(store: ObjectStore, ref: BlobRef): Promise<Buffer> {
  return getVerified(store, blobKey(ref.sha256), ref.sha256);
}

/**
 * Reads an object whose SHA-256 is known.
 *
 * @throws {DamagedObjectError} if it is missing or its hash is wrong.
 */
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
