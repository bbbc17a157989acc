import type { ConnectionOptions } from '@temporalio/client';
import type { Configuration } from '../../infra/configuration.ts';
import type { Finding } from '../../infra/finding.ts';
import { availableStore, availableTemporal } from '../../infra/stack/open-stack.ts';
import { ensureBucket } from '../../storage/minio/bucket.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import { probeConditionalWrites } from '../../storage/minio/probe.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import { connectTemporal } from './connect-temporal.ts';

/**
 * Reports whether the object store and Temporal can be used, for `doctor`: those that are configured, and those of the
 * built-in stack if it is up. Creates the bucket if it doesn't exist.
 */
export async function inspectServers(servers: Configuration): Promise<Finding[]> {
  const store = servers.kind === 'deployment' ? servers.store : availableStore(servers);
  const found = servers.kind === 'deployment' ? servers.temporal : builtIn(availableTemporal(servers));
  const [storeFinding, temporalFinding] = await Promise.all([
    store && inspectStore(store),
    found && inspectTemporal(found.connectionOptions, found.namespace),
  ]);
  return [storeFinding, temporalFinding].filter((finding) => finding !== undefined);
}

// --- helpers ---

const PATIENCE = { serverMs: 4_000, namespaceMs: 1_000 };

function builtIn(temporal: { address: string; namespace: string } | undefined) {
  return temporal && { connectionOptions: { address: temporal.address }, namespace: temporal.namespace };
}

async function inspectStore(store: StoreConfig): Promise<Finding> {
  const where = `${store.endpoint}, bucket ${store.bucket}`;
  return finding(
    'Object store',
    `${where}: of many writers at the same time one succeeds`,
    where,
    async () => {
      await ensureBucket(store);
      await probeConditionalWrites(createMinioStore(store));
    },
  );
}

async function inspectTemporal(options: ConnectionOptions, namespace: string): Promise<Finding> {
  const where = `${options.address}, namespace ${namespace}`;
  return finding('Temporal server', where, where, async () => {
    const connection = await connectTemporal(options, namespace, PATIENCE);
    await connection.close();
  });
}

/** @param check throws an error that says what to do. */
async function finding(
  name: string,
  good: string,
  bad: string,
  check: () => Promise<void>,
): Promise<Finding> {
  try {
    await check();
    return { name, found: true, required: true, detail: good, howToGet: '' };
  } catch (error) {
    return {
      name,
      found: false,
      required: true,
      detail: `${bad}: can't be used`,
      howToGet: String((error as Error).message),
    };
  }
}
