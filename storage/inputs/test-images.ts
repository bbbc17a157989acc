import { getVerified } from '../blobs.ts';
import { testImagesKey } from '../keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { getDatasetManifest } from './datasets.ts';
import { withTestImages } from './test-image-guard.ts';

/**
 * Reads and verifies a data set's packed test images. Only the final test may import this: images that influenced a
 * choice can't measure how good the choice is.
 *
 * @throws {DamagedObjectError} if they are missing or their hash is wrong.
 */
export async function getTestImages(store: ObjectStore, dataset: string): Promise<Buffer> {
  const { testSha256 } = await getDatasetManifest(store, dataset);
  return getVerified(withTestImages(store), testImagesKey(dataset), testSha256);
}
