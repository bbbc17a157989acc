import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/common';

/** A failed study in the words of the activity that failed: what that was caused by is in Temporal's UI. */
export async function failureOfStudy(client: Client, studyId: string): Promise<string> {
  try {
    await client.workflow.getHandle(studyId).result();
    return '';
  } catch (error) {
    let cause: unknown = error instanceof WorkflowFailedError ? error.cause : error;
    while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause)
      cause = cause.cause;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
