import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { DeploymentConfiguration } from '../infra/configuration.ts';
import { stackStatus } from '../infra/stack/open-stack.ts';
import { UserError } from '../infra/user-error.ts';
import { createMinioStore } from '../storage/minio-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { StoreConfig } from '../storage/store-config.ts';
import { CONTROL_QUEUE, TRAINING_QUEUE } from '../study/temporal-names.ts';
import { bringUpStack, configuration } from './servers.ts';

/** A command's connections to Temporal and to the object store, and where people find both. */
export interface Session {
  client: Client;
  store: ObjectStore;
  /** Absent where the deployment's UI is not known. */
  uiUrl: string | undefined;
  bucket: StoreConfig & { consoleUrl: string | undefined };
  /** This command has brought up the stack, and takes it down with it. */
  stackStartedHere: boolean;
}

/**
 * Gives `use` a session, and closes it afterwards, whatever happens: the stack stops with its last user.
 *
 * @param options.needsRunningStack the command that makes no sense with a stack that ends with it.
 */
export async function withSession<T>(
  options: { quiet?: boolean; needsRunningStack?: string },
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const found = configuration();
  if (found.kind === 'deployment') return withDeployment(found, use);
  const { quiet = false, needsRunningStack: command } = options;
  if (command && !stackStatus(found.stateFolder)) {
    throw new UserError(
      `${command}: no stack is up that would go on after this command; bring one up: npx staged-study up`,
    );
  }
  const stack = await bringUpStack('this command', { keepAfterExit: false, quiet });
  try {
    return await withConnection({ address: stack.temporal.address }, stack.temporal.namespace, (client) =>
      use({
        client,
        store: createMinioStore(stack.store),
        uiUrl: stack.temporal.uiUrl,
        bucket: stack.store,
        stackStartedHere: stack.startedHere,
      }),
    );
  } finally {
    await stack.stop();
  }
}

// --- helpers ---

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
      stackStartedHere: false,
    });
  });
}

async function withConnection<T>(
  options: ConnectionOptions,
  namespace: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await connect(options);
  try {
    return await use(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

async function connect(options: ConnectionOptions): Promise<Connection> {
  try {
    return await Connection.connect({ ...options, connectTimeout: '10 seconds' });
  } catch (cause) {
    throw new UserError(
      `Temporal at ${options.address} does not answer (${(cause as Error).message}); ` +
        'check TEMPORAL_ADDRESS, or unset it to use a stack of your own',
      { cause },
    );
  }
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
