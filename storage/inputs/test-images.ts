import { getVerified } from '../blobs.ts';
import { testImagesKey, testPartKey } from '../keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { getPackedManifest, type PreparedManifest } from './datasets.ts';
import { withTestImages } from './test-image-guard.ts';

/**
 * Reads and verifies a data set's packed test images. Only the final test may import this: images that influenced a
 * choice can't measure how good the choice is.
 *
 * @throws {DamagedObjectError} if they are missing or their hash is wrong.
 */
export async function getTestImages(store: ObjectStore, dataset: string): Promise<Buffer> {
  const { testSha256 } = await getPackedManifest(store, dataset);
  return getVerified(withTestImages(store), testImagesKey(dataset), testSha256);
}

/**
 * Reads and verifies the parts of a prepared data set's test file, in order. The same holds for them.
 *
 * @throws {DamagedObjectError} if one is missing or its hash is wrong.
 */
export async function* testParts(
  store: ObjectStore,
  { dataset, test }: PreparedManifest,
): AsyncGenerator<Buffer> {
  for (const [part, { sha256 }] of test.parts.entries()) {
    yield await getVerified(withTestImages(store), testPartKey(dataset, part), sha256);
  }
}
