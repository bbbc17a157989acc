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
  /** An SQLite file. If undefined, everything stays in memory. */
  databaseFile: string | undefined;
  logFile: string;
}

export const NAMESPACE = 'default';

/** Temporal's development server and its UI, listening only on loopback. */
export function temporalServerLaunch(options: TemporalServerOptions): Launch {
  return {
    name: 'The Temporal server',
    command: options.binary,
    args: [
      'server',
      'start-dev',
      '--log-level=warn',
      `--namespace=${NAMESPACE}`,
      `--ip=${LOOPBACK}`,
      `--port=${options.port}`,
      `--ui-ip=${LOOPBACK}`,
      `--ui-port=${options.uiPort}`,
      ...IN_ORDER,
      ...(options.databaseFile ? [`--db-filename=${options.databaseFile}`] : []),
    ],
    env: environmentWithout(['TEMPORAL_', 'S3_', 'AWS_']),
    logFile: options.logFile,
    graceMs: 10_000,
  };
}

/** Waits until the server answers and its namespace exists. */
export async function untilTemporalAnswers(server: ManagedProcess, port: number): Promise<void> {
  const { pid } = server.identity;
  await untilHealthy(
    server,
    async () => listens(pid, port) && (await answers(`${LOOPBACK}:${port}`)),
    60_000,
  );
}

/** Keeps closed workflows for a year instead of the development server's default of a day. */
export async function prepareNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.updateNamespace({
      namespace: NAMESPACE,
      config: { workflowExecutionRetentionTtl: msToTs('365 days') },
    });
  } finally {
    await connection.close();
  }
}

// --- helpers ---

const LOOPBACK = '127.0.0.1';

/** By default a task queue has several partitions, and only each of them is in order: by priority, then first in, first out. */
const IN_ORDER = ['Read', 'Write'].map(
  (side) => `--dynamic-config-value=matching.numTaskqueue${side}Partitions=1`,
);

async function answers(address: string): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 2000 });
    await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}
