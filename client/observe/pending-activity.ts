import {
  decodePendingActivityState,
  defaultPayloadConverter,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';

/** A failed attempt at an activity that is retried. */
export interface FailedAttempt {
  /** From 1. */
  attempt: number;
  failure: string;
  /** Whether a worker runs the next attempt. */
  isNextUnderWay: boolean;
  /** When the next attempt can start; null if it already can. */
  nextAt: string | null;
}

/** What a workflow waits for. */
export interface PendingActivity {
  type: string;
  /** Of its last heartbeat; undefined if there was none. */
  details: unknown;
  /** Whether a worker runs it. If not, it waits in the queue or for its next attempt. */
  isUnderWay: boolean;
  /** Whether somebody has paused it in Temporal. */
  isPaused: boolean;
  failed: FailedAttempt | null;
}

/** The activity that a workflow waits for. Our workflows run one at a time. */
export function pendingActivity(description: WorkflowExecutionDescription): PendingActivity | undefined {
  const [activity] = description.raw.pendingActivities ?? [];
  if (!activity) return undefined;
  const { attempt, lastFailure, nextAttemptScheduleTime: next } = activity;
  const [payload] = activity.heartbeatDetails?.payloads ?? [];
  const isUnderWay = decodePendingActivityState(activity.state) === 'STARTED';
  const isPaused = activity.paused ?? false;
  return {
    type: activity.activityType?.name ?? '',
    details: payload ? (defaultPayloadConverter.fromPayload<unknown>(payload) ?? undefined) : undefined,
    isUnderWay,
    isPaused,
    // A pause ends the attempt as a failure.
    failed:
      attempt && attempt > 1 && !isPaused
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

type Failure = NonNullable<
  NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number]['lastFailure']
>;

/** If a worker dies, the server reports a time-out. */
function describeFailure(failure: Failure | null | undefined): string {
  if (failure?.timeoutFailureInfo) return 'its worker stopped responding';
  // The server wraps a failure that is too large in one of its own.
  if (failure?.serverFailureInfo && failure.cause) return describeFailure(failure.cause);
  return failure?.message || 'unknown reason';
}
