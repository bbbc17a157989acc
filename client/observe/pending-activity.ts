import { defaultPayloadConverter, type WorkflowExecutionDescription } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';

/** An attempt that failed, where the activity is tried again. */
export interface FailedAttempt {
  /** Which attempt it was, from 1. */
  attempt: number;
  failure: string;
  /** Whether a worker has the next one. */
  isNextUnderWay: boolean;
  /** When the next one can start; null where it could already. */
  nextAt: string | null;
}

/** What a workflow waits for. */
export interface PendingActivity {
  type: string;
  /** Of its last heartbeat; undefined where it had none. */
  details: unknown;
  /** A worker has it: it neither waits in the queue nor for its next attempt. */
  isUnderWay: boolean;
  failed: FailedAttempt | null;
}

/** The activity that a workflow waits for; a workflow of ours has one at a time. */
export function pendingActivity(description: WorkflowExecutionDescription): PendingActivity | undefined {
  const [activity] = description.raw.pendingActivities ?? [];
  if (!activity) return undefined;
  const { attempt, lastFailure, nextAttemptScheduleTime: next } = activity;
  const [payload] = activity.heartbeatDetails?.payloads ?? [];
  const isUnderWay = activity.state === STARTED;
  return {
    type: activity.activityType?.name ?? '',
    details: payload ? (defaultPayloadConverter.fromPayload<unknown>(payload) ?? undefined) : undefined,
    isUnderWay,
    failed:
      attempt && attempt > 1
        ? {
            attempt: attempt - 1,
            failure: describeFailure(lastFailure),
            isNextUnderWay: isUnderWay,
            nextAt: next ? new Date(tsToMs(next)).toISOString() : null,
          }
        : null,
  };
}

// --- helpers ---

/** `PENDING_ACTIVITY_STATE_STARTED` of `temporal.api.enums.v1`. */
const STARTED = 2;

type Failure = NonNullable<
  NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number]['lastFailure']
>;

/** A worker that died says nothing, and the server then speaks of a time-out. */
function describeFailure(failure: Failure | null | undefined): string {
  if (failure?.timeoutFailureInfo) return 'its worker was not heard of in time';
  // The server puts its own in front of one that it finds too large.
  if (failure?.serverFailureInfo && failure.cause) return describeFailure(failure.cause);
  return failure?.message || 'no reason is known';
}
