import { defineSignal, getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import { SIGNALS } from '../temporal/names.ts';

/** Sent to a stage and its study when a part of them starts or stops waiting for a person. */
export interface AttentionNotice {
  /** Workflow id of the part. */
  id: string;
  /** Why it waits; null if it no longer does. */
  failure: string | null;
}

export const attentionSignal = defineSignal<[AttentionNotice]>(SIGNALS.attention);

/** Notifies the stage and the study above. A workflow that was started alone has none. */
export async function notifyAbove(studyId: string, failure: string | null): Promise<void> {
  const { workflowId, parent } = workflowInfo();
  if (!parent) return;
  const notice: AttentionNotice = { id: workflowId, failure };
  for (const id of new Set([parent.workflowId, studyId])) {
    await getExternalWorkflowHandle(id).signal(attentionSignal, notice);
  }
}
