import { setTimeout as pause } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { Connection, type ConnectionOptions, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { notice } from '../../infra/quiet.ts';
import { UserError } from '../../infra/user-error.ts';
import { grpcStatusOf, isOutOfTime } from './grpc-status.ts';

/** How long to wait for a server that is starting. */
const PATIENCE = { serverMs: 10_000, namespaceMs: 3_000 };
/** When to print that the server is being waited for. */
const NOTICE_MS = 1_000;
const PAUSE_MS = 250;

/**
 * Connects to Temporal as soon as it answers and has the namespace.
 *
 * @param patience how long to wait for the server, and for the namespace of a server that answers.
 * @throws {UserError} if it does not in that time, or if it refuses.
 */
export async function connectTemporal(
  options: ConnectionOptions,
  namespace: string,
  patience = PATIENCE,
): Promise<Connection> {
  const started = Date.now();
  const timer = setTimeout(() => notice(`Waiting for Temporal at ${options.address}`), NOTICE_MS);
  try {
    for (;;) {
      try {
        const timeoutMs = Math.max(PAUSE_MS, started + patience.serverMs - Date.now());
        return await tryToConnect(options, namespace, timeoutMs);
      } catch (error) {
        if (Date.now() + PAUSE_MS > started + patienceMs(error, patience))
          throw new UserError(describe(error, options, namespace, patience), { cause: error });
        await pause(PAUSE_MS);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The message of an error that a Temporal server answered with; undefined for any other error. */
export function describeServiceError(error: unknown): string | undefined {
  if (isGrpcServiceError(error)) return error.details || error.message;
  if (!(error instanceof ServiceError)) return undefined;
  return describeServiceError(error.cause) ?? error.message;
}

// --- helpers ---

async function tryToConnect(
  options: ConnectionOptions,
  namespace: string,
  timeoutMs: number,
): Promise<Connection> {
  const connection = Connection.lazy({ ...options, connectTimeout: timeoutMs });
  try {
    await connection.ensureConnected();
    // A server that has just started answers before it has its namespaces.
    await connection.workflowService.describeNamespace({ namespace });
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** How long a server that is starting may give such an error. */
function patienceMs(error: unknown, patience: typeof PATIENCE): number {
  const code = grpcStatusOf(error);
  if (code === status.NOT_FOUND) return patience.namespaceMs;
  return isSilence(code) ? patience.serverMs : 0;
}

/** No answer, or none from a server that is ready. Without a connection there is no status. */
function isSilence(code: number | undefined): boolean {
  return code === undefined || isOutOfTime(code) || code === status.UNAVAILABLE;
}

function describe(
  error: unknown,
  { address }: ConnectionOptions,
  namespace: string,
  { serverMs }: typeof PATIENCE,
): string {
  const code = grpcStatusOf(error);
  if (code === status.NOT_FOUND) {
    return (
      `Temporal at ${address} has no namespace "${namespace}"; check TEMPORAL_NAMESPACE, or create it: ` +
      `temporal operator namespace create ${namespace}`
    );
  }
  if (isSilence(code)) {
    return (
      `Temporal at ${address} did not answer within ${serverMs / 1000} s; check that it is running; ` +
      'if TEMPORAL_ADDRESS is set, correct it, or unset it to use the built-in stack'
    );
  }
  return (
    `Temporal at ${address} refused the connection: ${describeServiceError(error) ?? String(error)}; ` +
    'check TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and the TLS settings'
  );
}
