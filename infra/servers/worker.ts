import { basename } from 'node:path';
import type { StoreAddress } from '../configuration.ts';
import { environmentWithout } from './environment.ts';
import { type Launch, type ManagedProcess, untilHealthy } from './managed-process.ts';

/** A process that polls Temporal: a script of this project, which prints the line `ready` when it does. */
export interface WorkerScript {
  /** As people know it: `The control worker`. */
  name: string;
  /** Absolute path. */
  path: string;
}

/** Where a worker finds its servers, and what else it is told. */
export interface WorkerSurroundings {
  projectRoot: string;
  temporal: { address: string; namespace: string };
  store: StoreAddress;
  /** Added to its environment. */
  environment: Record<string, string>;
  logFile: string;
}

export function workerLaunch({ name, path }: WorkerScript, surroundings: WorkerSurroundings): Launch {
  const { projectRoot, temporal, store, environment, logFile } = surroundings;
  return {
    name,
    command: process.execPath,
    args: [path],
    cwd: projectRoot,
    env: {
      ...environmentWithout(['TEMPORAL_', 'S3_']),
      ...environment,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      S3_ENDPOINT: store.endpoint,
      S3_ACCESS_KEY: store.accessKey,
      S3_SECRET_KEY: store.secretKey,
      S3_BUCKET: store.bucket,
      S3_REGION: store.region,
    },
    logFile,
    graceMs: 20_000,
  };
}

/** `control-main.ts` logs into `control-worker.log`. */
export function workerLogName({ path }: WorkerScript): string {
  return basename(path)
    .replace(/\.\w+$/, '')
    .replace(/-main$/, '-worker');
}

export async function untilWorkerReady(started: ManagedProcess): Promise<void> {
  await untilHealthy(started, async () => /^ready$/m.test(started.printed()), 120_000);
}
