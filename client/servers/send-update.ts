import { WorkflowUpdateFailedError } from '@temporalio/client';
import { UserError } from '../../infra/user-error.ts';
import type { Session } from './session.ts';

/**
 * Sends an Update to a workflow, and waits for its answer.
 *
 * @throws {UserError} with the reason if the workflow refuses it.
 */
export async function sendUpdate(
  { client }: Pick<Session, 'client'>,
  workflowId: string,
  update: string,
  argument?: unknown,
): Promise<string> {
  try {
    const handle = client.workflow.getHandle(workflowId);
    return await handle.executeUpdate<string, [unknown]>(update, { args: [argument] });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new UserError(error.cause?.message ?? error.message, { cause: error });
  }
}
