import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { UserError } from '../../infra/user-error.ts';
import { missingSearchAttributes, registeringCommands } from '../../temporal/search-attributes.ts';
import { describeServiceError } from './connect-temporal.ts';

/** Servers refresh their search attributes every few seconds, some every half minute. */
const PATIENCE_MS = 40_000;
const PAUSE_MS = 200;

/**
 * Registers the search attributes by which studies are found, if no control worker has done so, and waits until queries
 * can use them.
 *
 * @throws {UserError} if the server refuses, or if the namespace has an attribute of another type.
 */
export async function registerSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  const missing = await missingOf(client);
  if (Object.keys(missing).length === 0) return;
  try {
    await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
  } catch (error) {
    // A worker may have registered them meanwhile.
    if (Object.keys(await missingOf(client)).length > 0) throw refusal(namespace, missing, error);
  }
  await untilUsable(client, Object.keys(missing));
}

// --- helpers ---

async function missingOf({ connection, options }: Client): Promise<Record<string, number>> {
  const { namespace } = options;
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  try {
    return missingSearchAttributes(namespace, customAttributes);
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error });
  }
}

function refusal(namespace: string, missing: Record<string, number>, cause: unknown): UserError {
  const commands = registeringCommands(namespace, missing).map((command) => `\n  ${command}`);
  return new UserError(
    `namespace ${namespace} lacks the search attributes by which studies are found, and they can't be registered ` +
      `(${describeServiceError(cause) ?? cause}). Start a control worker (npx staged-study worker control), ` +
      `or ask the owner of the namespace to run:${commands.join('')}`,
    { cause },
  );
}

async function untilUsable({ workflow }: Client, names: string[]): Promise<void> {
  const query = names.map((name) => `${name} IS NULL`).join(' AND ');
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await workflow.count(query);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(PAUSE_MS);
    }
  }
}
