import { createClient, withRetries } from './client.ts';
import { errorCode } from './minio-errors.ts';
import type { StoreConfig } from './store-config.ts';

/**
 * Creates the bucket unless it exists, which also shows whether the endpoint and the credentials are right.
 *
 * @throws {StoreUnavailableError | StoreAccessError} if the store can't be used. A silent server is given up after 10 s.
 */
export async function ensureBucket(config: StoreConfig): Promise<void> {
  const { bucket, region } = config;
  const client = createClient(config, { connectTimeoutMs: 4_000, idleTimeoutMs: LIMIT_MS });
  const open = async () => {
    try {
      // Unlike creating the bucket, listing it is refused if it belongs to another account.
      await client.listObjectsQuery(bucket, '', '', { Delimiter: '', MaxKeys: 1, IncludeVersion: false });
    } catch (error) {
      if (errorCode(error) !== 'NoSuchBucket') throw error;
      await client.makeBucket(bucket, region).catch((failure: unknown) => {
        if (errorCode(failure) !== 'BucketAlreadyOwnedByYou') throw failure;
      });
    }
  };
  await withRetries(`open the bucket "${bucket}"`, config, open, LIMIT_MS);
}

// --- helpers ---

const LIMIT_MS = 10_000;
