import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { ensureBucket } from '../storage/minio/bucket.ts';
import { createMinioStore } from '../storage/minio/minio-store.ts';
import { probeConditionalWrites } from '../storage/minio/probe.ts';
import { storeConfigFromEnvironment } from '../storage/minio/store-config.ts';

/**
 * Connects to Temporal (`TEMPORAL_*`, or an envconfig profile) and to the object store (`S3_*`), whose bucket it creates if
 * it doesn't exist.
 *
 * @throws {UnsuitableStoreError} if the store has no conditional writes, on which leases and results depend.
 */
export async function connectWorker() {
  const config = storeConfigFromEnvironment(process.env);
  await ensureBucket(config);
  const store = createMinioStore(config);
  await probeConditionalWrites(store);
  return { ...(await connectTemporal()), store };
}

/** Connects to Temporal (`TEMPORAL_*`, or an envconfig profile). */
export async function connectTemporal() {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  return { connection, namespace };
}
