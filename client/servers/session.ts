import { Client, type ConnectionOptions } from '@temporalio/client';
import type { DeploymentConfiguration } from '../../infra/configuration.ts';
import { stackStatus } from '../../infra/stack/open-stack.ts';
import { UserError } from '../../infra/user-error.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { CONTROL_QUEUE, TRAINING_QUEUE } from '../../temporal/names.ts';
import { connectTemporal, describeServiceError } from './connect-temporal.ts';
import { bringUpStack, configuration, credentialsFile } from './servers.ts';

/** A command's connections to Temporal and to the object store, and where people find both. */
export interface Session {
  client: Client;
  store: ObjectStore;
  /** Absent where the deployment's UI is not known. */
  uiUrl: string | undefined;
  bucket: StoreConfig & { consoleUrl: string | undefined };
  /** This program's own stack; absent where servers are configured. */
  stack: { startedHere: boolean; credentialsFile: string } | undefined;
}

/**
 * Gives `use` a session, and closes it afterwards, whatever happens: the stack stops with its last user.
 *
 * @param options.needsRunningStack the command that makes no sense with a stack that ends with it.
 */
export async function withSession<T>(
  options: { needsRunningStack?: string },
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const found = configuration();
  if (found.kind === 'deployment') return withDeployment(found, use);
  const { needsRunningStack: command } = options;
  if (command && !stackStatus(found.stateFolder)) {
    throw new UserError(
      `${command}: no stack is up that would go on after this command; bring one up: npx staged-study up`,
    );
  }
  const stack = await bringUpStack('this command', { keepAfterExit: false });
  try {
    const used = withConnection({ address: stack.temporal.address }, stack.temporal.namespace, (client) =>
      use({
        client,
        store: createMinioStore(stack.store),
        uiUrl: stack.temporal.uiUrl,
        bucket: stack.store,
        stack: { startedHere: stack.startedHere, credentialsFile: credentialsFile(found) },
      }),
    );
    return await Promise.race([used, rejection(stack.lost)]);
  } finally {
    await stack.stop();
  }
}

// --- helpers ---

/** Rejects with the reason of a signal when that aborts. */
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
    result = await use(new Client({ connection, namespace }));
  } catch (error) {
    const answer = describeServiceError(error);
    if (answer === undefined) throw error;
    throw new UserError(`Temporal at ${options.address}, namespace ${namespace}: ${answer}`, {
      cause: error,
    });
  }
  // Not after a failure: a call beside the one that failed would be tried again on a closed connection, and throw where
  // nobody can catch it.
  await connection.close();
  return result;
}

/** In a deployment workers are started by its people: without any, a study would wait without a word. */
async function checkWorkers(client: Client): Promise<void> {
  const { namespace } = client.options;
  const kinds = [
    { queue: CONTROL_QUEUE, type: 1, command: 'control' },
    { queue: TRAINING_QUEUE, type: 2, command: 'training' },
  ];
  for (const { queue, type, command } of kinds) {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType: type,
    });
    if (!pollers?.length) {
      console.error(
        `No ${command} worker polls ${queue} in namespace ${namespace}; start one: npx staged-study worker ${command}`,
      );
    }
  }
}
