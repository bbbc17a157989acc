import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { ensureBucket } from '../../storage/minio/bucket.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';

/** Both kinds of store, for suites that must pass on each. */
export const storeKinds: [string, () => Promise<ObjectStore>][] = [
  ['memory', async () => createMemoryStore()],
  ['MinIO', async () => createMinioStore(await freshBucket())],
];

/** A new bucket on the shared server. */
export async function freshBucket(): Promise<StoreConfig> {
  const config = { ...inject('store'), bucket: `test-${randomUUID()}` };
  await ensureBucket(config);
  return config;
}
