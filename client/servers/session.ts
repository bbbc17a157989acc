import { Client, type ConnectionOptions } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { DeploymentConfiguration } from '../../infra/configuration.ts';
import { notice } from '../../infra/quiet.ts';
import { stackStatus } from '../../infra/stack/open-stack.ts';
import type { StackLevel } from '../../infra/stack/stack-level.ts';
import { UserError } from '../../infra/user-error.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { NUMERICS } from '../../study/trial/trial.ts';
import { CONTROL_QUEUE, trainingQueue } from '../../temporal/names.ts';
import { askingAgain } from './asking-again.ts';
import { bringUpStack, configuration, credentialsFile } from './configuration.ts';
import { connectTemporal, describeServiceError } from './connect-temporal.ts';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** A command's connections to Temporal and the object store, and where one can look at both. */
export interface Session {
  client: Client;
  store: ObjectStore;
  /** Undefined for a deployment, whose UI is not known. */
  uiUrl: string | undefined;
  bucket: StoreConfig & { consoleUrl: string | undefined };
  /** The built-in stack; undefined for a deployment. */
  stack: { startedHere: boolean; trains: boolean; credentialsFile: string } | undefined;
}

/**
 * Calls `use` with a session and closes the session afterwards, also after an error. The stack stops with its last user.
 *
 * @param options.level how much of the built-in stack the command needs. A command that only reads must not start the
 *   workers: unfinished studies would continue.
 * @param options.needsRunningStack the name of a command that must not start a stack, because that would stop with it.
 * @throws {UserError} if such a command finds no stack that is up and trains.
 */
export async function withSession<T>(
  options: { level: StackLevel; needsRunningStack?: string },
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const found = configuration();
  if (found.kind === 'deployment') return withDeployment(found, use);
  const { level, needsRunningStack: command } = options;
  const status = stackStatus(found.stateFolder);
  if (command && !status?.trains) throw noStack(command);
  if (!status && level !== 'training') notice(FOR_READING[level]);
  const stack = await bringUpStack(found, { level, keepAfterExit: false });
  try {
    const used = withConnection({ address: stack.temporal.address }, stack.temporal.namespace, (client) =>
      use({
        client,
        store: createMinioStore(stack.store),
        uiUrl: stack.temporal.uiUrl,
        bucket: stack.store,
        stack: {
          startedHere: stack.startedHere,
          trains: stack.level === 'training',
          credentialsFile: credentialsFile(found),
        },
      }),
    );
    return await Promise.race([used, rejection(stack.lost)]);
  } finally {
    await stack.stop();
  }
}

/** The error of a command that can't do its work without a stack that trains, and must not start one. */
export function noStack(command: string): UserError {
  return new UserError(
    `${command}: expected a stack that trains, found none; start one first: npx staged-study up`,
  );
}

/** Prints to standard error that an unfinished study doesn't continue, if that is so. */
export function warnIfNothingTrains({ stack }: Session, studyId: string): void {
  if (!stack || stack.trains) return;
  console.error(`${studyId} does not continue until a stack is up. Start one: npx staged-study up`);
}

// --- helpers ---

const FOR_READING = {
  servers: 'No stack is up. Servers start for this command only, without workers.',
  queries:
    'No stack is up. Servers start for this command only, with a worker that answers questions about studies but ' +
    'trains nothing.',
};

/** Rejects with the signal's reason when it aborts. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}

function withDeployment<T>(
  { temporal, store }: DeploymentConfiguration,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  return withConnection(temporal.connectionOptions, temporal.namespace, async (client) => {
    await checkWorkers(client);
    return use({
      client,
      store: createMinioStore(store),
      uiUrl: undefined,
      bucket: { ...store, consoleUrl: undefined },
      stack: undefined,
    });
  });
}

async function withConnection<T>(
  options: ConnectionOptions,
  namespace: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await connectTemporal(options, namespace);
  let result: T;
  try {
    result = await use(
      new Client({ connection, namespace, interceptors: { workflow: [askingAgain(connection)] } }),
    );
  } catch (error) {
    const answer = describeServiceError(error);
    if (answer === undefined) throw error;
    throw new UserError(`Temporal at ${options.address}, namespace ${namespace}: ${answer}`, {
      cause: error,
    });
  }
  // Not after an error: pending calls would be retried on the closed connection, and throw where
  // nothing can catch them.
  await connection.close();
  return result;
}

/** Warns of missing workers, which a deployment must start itself: without them, a study would wait silently. */
async function checkWorkers(client: Client): Promise<void> {
  const { namespace } = client.options;
  const kinds = [
    { queue: CONTROL_QUEUE, type: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, command: 'control' },
    { queue: trainingQueue(NUMERICS), type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, command: 'training' },
  ];
  for (const { queue, type, command } of kinds) {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType: type,
    });
    if (!pollers?.length) {
      console.error(
        `No ${command} worker polls the queue ${queue} in namespace ${namespace}. Start one: npx staged-study worker ${command}`,
      );
    }
  }
}
