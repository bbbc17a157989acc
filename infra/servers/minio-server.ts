import type { StoreConfig } from '../../storage/minio/store-config.ts';
import { environmentWithout } from './environment.ts';
import { type Launch, type ManagedProcess, untilHealthy } from './managed-process.ts';
import { listens } from './ports.ts';

export type Credentials = Pick<StoreConfig, 'accessKey' | 'secretKey'>;

export interface MinioServerOptions {
  /** The `minio` command. */
  binary: string;
  /** Holds the objects. */
  folder: string;
  port: number;
  consolePort: number;
  credentials: Credentials;
  logFile: string;
}

/** MinIO and its console on one folder, listening only on loopback. */
export function minioServerLaunch(options: MinioServerOptions): Launch {
  return {
    name: 'MinIO',
    command: options.binary,
    args: [
      'server',
      options.folder,
      `--address=127.0.0.1:${options.port}`,
      // By default, the console listens on all interfaces.
      `--console-address=127.0.0.1:${options.consolePort}`,
    ],
    env: {
      ...environmentWithout(['MINIO_', 'TEMPORAL_', 'S3_', 'AWS_']),
      MINIO_ROOT_USER: options.credentials.accessKey,
      MINIO_ROOT_PASSWORD: options.credentials.secretKey,
      MINIO_UPDATE: 'off',
    },
    logFile: options.logFile,
    graceMs: 10_000,
  };
}

/** Waits until the server accepts requests. */
export async function untilMinioAnswers(server: ManagedProcess, port: number): Promise<void> {
  const { pid } = server.identity;
  const url = `http://127.0.0.1:${port}/minio/health/live`;
  await untilHealthy(server, async () => listens(pid, port) && (await answers(url)), 60_000);
}

// --- helpers ---

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
