import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  isCancellation,
  TemporalFailure,
} from '@temporalio/workflow';
import type { EarlyEnd } from './status.ts';

/**
 * Calls `show` with how the workflow ends if `work` throws. `show` must be synchronous: a workflow that is cancelled has
 * nothing more to wait for.
 *
 * @throws {TemporalFailure} whatever `work` throws, so that the workflow ends. Any other error would have Temporal try its
 *   task again, without end and without a word.
 */
export async function showEarlyEnd<T>(work: () => Promise<T>, show: (end: EarlyEnd) => void): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = error instanceof TemporalFailure ? error : asFailure(error);
    show(endOf(failure));
    throw failure;
  }
}

/** The message of the failure behind the error of an activity or a child workflow. */
export function describeFailure(error: unknown): string {
  let cause = error;
  while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause)
    cause = cause.cause;
  return cause instanceof Error ? cause.message : String(cause);
}

// --- helpers ---

function asFailure(error: unknown): ApplicationFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return ApplicationFailure.nonRetryable(message, name);
}

function endOf(error: TemporalFailure): EarlyEnd {
  if (!isCancellation(error)) return { how: 'failed', failure: describeFailure(error) };
  // If only a part of the workflow is cancelled, from its page in the Temporal UI, the workflow itself fails.
  if (CancellationScope.current().consideredCancelled) return { how: 'cancelled', failure: null };
  return { how: 'failed', failure: 'one of its child workflows was cancelled' };
}
