import { basename } from 'node:path';
import { type StoreConfig, storeEnvironment } from '../../storage/minio/store-config.ts';
import { environmentWithout } from './environment.ts';
import { type Launch, type ManagedProcess, untilHealthy } from './managed-process.ts';

/** A script of this project that polls Temporal. It prints the line `ready` when it does. */
export interface WorkerScript {
  /** For messages: `The control worker`. */
  name: string;
  /** Absolute path. */
  path: string;
}

export interface WorkerOptions {
  projectRoot: string;
  temporal: { address: string; namespace: string };
  store: StoreConfig;
  /** Added to the worker's environment. */
  environment: Record<string, string>;
  logFile: string;
}

export function workerLaunch({ name, path }: WorkerScript, options: WorkerOptions): Launch {
  const { projectRoot, temporal, store, environment, logFile } = options;
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
      ...storeEnvironment(store),
    },
    logFile,
    graceMs: 20_000,
  };
}

/** `control-main.js` logs to `control-worker.log`. */
export function workerLogName({ path }: WorkerScript): string {
  return basename(path)
    .replace(/\.\w+$/, '')
    .replace(/-main$/, '-worker');
}

export async function untilWorkerReady(started: ManagedProcess): Promise<void> {
  await untilHealthy(started, async () => /^ready$/m.test(started.printed()), 120_000);
}
