import { getVerified } from '../blobs.ts';
import { testRecordsKey } from '../keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { getDatasetManifest } from './datasets.ts';
import { withTestImages } from './test-image-guard.ts';

/**
 * The test records of a data set, verified. The final test alone may import this: images that anything was
 * chosen by can't say how good the choice is.
 */
export async function getTestRecords(store: ObjectStore, dataset: string): Promise<Buffer> {
  const { testSha256 } = await getDatasetManifest(store, dataset);
  return getVerified(withTestImages(store), testRecordsKey(dataset), testSha256);
}
