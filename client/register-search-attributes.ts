import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { UserError } from '../infra/user-error.ts';
import { missingSearchAttributes, registeringCommands } from '../study/search-attributes.ts';
import { describeServiceError } from './connect-temporal.ts';

/** Servers read their search attributes anew every few seconds, some every half minute. */
const PATIENCE_MS = 40_000;
const PAUSE_MS = 200;

/**
 * Registers what studies are found by, where the namespace lacks it: no control worker has been connected to it yet.
 * Resolves when queries may use it.
 *
 * @throws {UserError} where the server refuses, with what to type.
 */
export async function registerSearchAttributes({ connection, options, workflow }: Client): Promise<void> {
  const { namespace } = options;
  const { operatorService } = connection;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = lacking(namespace, customAttributes);
  if (Object.keys(missing).length === 0) return;
  try {
    await operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
    await untilUsable();
  } catch (error) {
    throw new UserError(
      `namespace ${namespace} lacks the search attributes by which studies are found, since no control worker has been ` +
        `connected to it yet, and they can't be registered from here (${describeServiceError(error) ?? error}). ` +
        'Start a control worker (npx staged-study worker control), or have them registered:\n' +
        registeringCommands(namespace, missing)
          .map((command) => `  ${command}`)
          .join('\n'),
      { cause: error },
    );
  }

  async function untilUsable(): Promise<void> {
    const query = Object.keys(missing)
      .map((name) => `${name} IS NULL`)
      .join(' AND ');
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
}

// --- helpers ---

/** An attribute of another type is its namespace's people's to mend, and the message says how. */
function lacking(namespace: string, registered: Record<string, number> | null | undefined) {
  try {
    return missingSearchAttributes(namespace, registered);
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error });
  }
}
