import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { environmentWithout } from './environment.ts';
import { type Launch, type ManagedProcess, untilHealthy } from './managed-process.ts';
import { listens } from './ports.ts';

export interface TemporalServerOptions {
  /** The `temporal` command. */
  binary: string;
  port: number;
  uiPort: number;
  /** SQLite; undefined keeps everything in memory. */
  databaseFile: string | undefined;
  logFile: string;
}

export const namespace = 'default';

/** Temporal's development server with its UI, on loopback alone. */
export function temporalServerLaunch(options: TemporalServerOptions): Launch {
  return {
    name: 'The Temporal server',
    command: options.binary,
    args: [
      'server',
      'start-dev',
      '--log-level=warn',
      `--namespace=${namespace}`,
      `--ip=${loopback}`,
      `--port=${options.port}`,
      `--ui-ip=${loopback}`,
      `--ui-port=${options.uiPort}`,
      ...(options.databaseFile ? [`--db-filename=${options.databaseFile}`] : []),
    ],
    env: environmentWithout(['TEMPORAL_']),
    logFile: options.logFile,
    graceMs: 10_000,
  };
}

/** Waits until the server answers and its namespace is there. */
export async function untilTemporalAnswers(server: ManagedProcess, port: number): Promise<void> {
  const { pid } = server.identity;
  await untilHealthy(
    server,
    async () => listens(pid, port) && (await answers(`${loopback}:${port}`)),
    60_000,
  );
}

/** Keeps closed workflows for a year, where the development server's default is a day. */
export async function prepareNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: msToTs('365 days') },
    });
  } finally {
    await connection.close();
  }
}

// --- helpers ---

const loopback = '127.0.0.1';

async function answers(address: string): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 2000 });
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}
