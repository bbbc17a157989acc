import { setTimeout as pause } from 'node:timers/promises';
import { Connection, type ConnectionOptions, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { UserError } from '../../infra/user-error.ts';

/** A server may be starting still: it is waited for so long, and for its namespace. */
const PATIENCE_MS = 10_000;
const NAMESPACE_PATIENCE_MS = 3_000;
/** After this long the waiting is told. */
const SILENCE_MS = 1_000;
const PAUSE_MS = 250;

/** Statuses of gRPC that matter here. */
const NOT_FOUND = 5;
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;

/**
 * Connects to Temporal, once it answers and has the namespace.
 *
 * @throws {UserError} where it does not within ten seconds, or refuses.
 */
export async function connectTemporal(options: ConnectionOptions, namespace: string): Promise<Connection> {
  const started = Date.now();
  const notice = setTimeout(() => console.error(`waiting for Temporal at ${options.address}`), SILENCE_MS);
  try {
    for (;;) {
      try {
        return await tryToConnect(options, namespace, Math.max(PAUSE_MS, started + PATIENCE_MS - Date.now()));
      } catch (error) {
        if (Date.now() + PAUSE_MS > started + patienceMs(error))
          throw new UserError(describe(error, options, namespace), { cause: error });
        await pause(PAUSE_MS);
      }
    }
  } finally {
    clearTimeout(notice);
  }
}

/** An error that Temporal's servers answered with, in a line; undefined for any other. */
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
    // A server that has just started answers before its namespaces are there.
    await connection.workflowService.describeNamespace({ namespace });
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function statusOf(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause ? statusOf(error.cause) : undefined;
}

/** How long an error of this kind may be that of a server that is starting. */
function patienceMs(error: unknown): number {
  const status = statusOf(error);
  if (status === NOT_FOUND) return NAMESPACE_PATIENCE_MS;
  return isSilence(status) ? PATIENCE_MS : 0;
}

/** No answer came, or none from a server that is ready; a connection that is never made has no status. */
function isSilence(status: number | undefined): boolean {
  return status === undefined || status === DEADLINE_EXCEEDED || status === UNAVAILABLE;
}

function describe(error: unknown, { address }: ConnectionOptions, namespace: string): string {
  const status = statusOf(error);
  if (status === NOT_FOUND) {
    return (
      `Temporal at ${address} has no namespace "${namespace}"; check TEMPORAL_NAMESPACE, or make it: ` +
      `temporal operator namespace create ${namespace}`
    );
  }
  if (isSilence(status)) {
    return (
      `Temporal at ${address} did not answer within ${PATIENCE_MS / 1000} s; check that it runs, and TEMPORAL_ADDRESS where ` +
      'that is set, or unset it to use a stack of your own'
    );
  }
  return (
    `Temporal at ${address} refuses: ${describeServiceError(error) ?? String(error)}; ` +
    'check TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and the TLS settings'
  );
}
