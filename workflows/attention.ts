import { ActivityFailure, defineSignal, getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import { SIGNALS } from '../temporal/names.ts';

/** Sent to the stage and the study when something of theirs waits for a person, and when it goes on. */
export interface AttentionNotice {
  /** Workflow id of what waits. */
  id: string;
  /** null where it no longer waits. */
  failure: string | null;
}

export const attentionSignal = defineSignal<[AttentionNotice]>(SIGNALS.attention);

/** Tells the workflows above; one that was started by hand, without them, has nobody to tell. */
export async function notifyAbove(studyId: string, failure: string | null): Promise<void> {
  const { workflowId, parent } = workflowInfo();
  if (!parent) return;
  const notice: AttentionNotice = { id: workflowId, failure };
  for (const id of new Set([parent.workflowId, studyId])) {
    await getExternalWorkflowHandle(id).signal(attentionSignal, notice);
  }
}

/** An activity's failure in its own words. */
export function describeFailure(error: unknown): string {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
