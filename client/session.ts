import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { openStack, type Stack } from '../infra/stack/open-stack.ts';
import { createMinioStore } from '../storage/minio-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** A command's connections: to Temporal, to the object store, and the stack they lead to. */
export interface Session {
  client: Client;
  store: ObjectStore;
  stack: Stack;
  /** Closes the connections, and stops the stack where this command started it. */
  close(): Promise<void>;
}

/** Connects to the configured servers, or to the embedded stack, which is brought up where it is down. */
export async function openSession({ quiet = false } = {}): Promise<Session> {
  const stack = await openStack({
    keepAfterExit: false,
    onProgress: (message) => {
      if (!quiet) console.error(message);
    },
  });
  try {
    const { connectionOptions } = loadClientConnectConfig();
    const connection = await Connection.connect({ ...connectionOptions, address: stack.temporal.address });
    const client = new Client({ connection, namespace: stack.temporal.namespace });
    const close = async () => {
      await connection.close();
      await stack.stop();
    };
    return { client, store: createMinioStore(stack.store), stack, close };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Gives a session to `use` and closes it afterwards, whatever happens. */
export async function withSession<T>(
  options: { quiet?: boolean },
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(options);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}
