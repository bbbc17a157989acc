import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { createMinioStore, ensureBucket } from '../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';

/** Both kinds of store, for suites that must hold on each. */
export const storeKinds: [string, () => Promise<ObjectStore>][] = [
  ['memory', async () => createMemoryStore()],
  ['MinIO', async () => createMinioStore(await freshBucket())],
];

/** The shared server with a bucket of its own. */
export async function freshBucket(): Promise<StoreConfig> {
  const config = { ...inject('store'), bucket: `test-${randomUUID()}` };
  await ensureBucket(config);
  return config;
}
