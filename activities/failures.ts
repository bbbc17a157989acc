/** What becomes of an activity's error: Temporal retries it without end, a few times, or not at all. */
import { ApplicationFailure, activityInfo, CancelledFailure } from '@temporalio/activity';
import type { ApplicationFailureOptions } from '@temporalio/common';
import {
  DamagedObjectError,
  PreconditionFailedError,
  StoreAccessError,
  StoreUnavailableError,
} from '../storage/object-store.ts';
import { LeaseLostError } from '../storage/trials/lease.ts';
import { TrainerError } from '../trainer/protocol.ts';

/** What a workflow is told of a failed attempt at training. */
export interface FailureDetails {
  /** The step of the trial's newest checkpoint; 0 without one. If it has risen, the attempts before have made progress. */
  step: number;
}

/** An unforeseen error may be passing, but more likely it comes back each time. */
const MOST_ATTEMPTS = 3;

/**
 * An activity whose errors are retried: without end if the surroundings have failed, such as the store, not at all if
 * another attempt would fail in the same way, and otherwise up to `mostAttempts` attempts.
 */
export function retried<Args extends unknown[], Result>(
  activity: (...args: Args) => Promise<Result>,
  mostAttempts = MOST_ATTEMPTS,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const isLast = activityInfo().attempt >= mostAttempts;
      if (error instanceof ApplicationFailure) {
        if (error.nonRetryable || !isLast) throw error;
        throw ApplicationFailure.fromError(error, { nonRetryable: true });
      }
      const type = kindOf(error);
      throw failure(error, { type, nonRetryable: !isPassing(type) && (isLast || PERMANENT.has(type)) });
    }
  };
}

/**
 * The failure of a job of a trainer, or of what its activity does beside it. Temporal retries it if the surroundings have
 * failed. The workflow decides about any other: see `workflows/until-success.ts`.
 *
 * @param details for the workflow; not called if Temporal retries. If it throws, that is the failure.
 */
export async function jobFailure(error: unknown, details: () => Promise<FailureDetails>): Promise<unknown> {
  if (isCancellation(error) || error instanceof ApplicationFailure) return error;
  const type = kindOf(error);
  if (!isPassing(type)) {
    try {
      return failure(error, { type, nonRetryable: true, details: [await details()] });
    } catch (unreadable) {
      return jobFailure(unreadable, async () => ({ step: 0 }));
    }
  }
  const isAtOnce = AT_ONCE.has(type) && activityInfo().attempt <= MOST_AT_ONCE;
  return failure(error, { type, nonRetryable: false, ...(isAtOnce && { nextRetryDelay: '1 second' }) });
}

// --- helpers ---

/** The surroundings have failed, and retrying goes on until they are back: somebody repairs them, not the trial. */
const PASSING = new Set(['StoreUnavailable', 'Killed', 'LeaseLost']);
const PERMANENT = new Set(['DamagedData', 'StudyExistsError']);
/** Retried at once, a few times; others wait for the retry policy's growing intervals. */
const AT_ONCE = new Set(['Killed', 'LeaseLost']);
const MOST_AT_ONCE = 3;

/** As the SDK understands it. */
function isCancellation(error: unknown): boolean {
  return error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');
}

function isPassing(type: string): boolean {
  return PASSING.has(type);
}

function kindOf(error: unknown): string {
  if (error instanceof TrainerError) return error.kind;
  if (error instanceof StoreUnavailableError || error instanceof StoreAccessError) return 'StoreUnavailable';
  // Another writer came first.
  if (error instanceof LeaseLostError || error instanceof PreconditionFailedError) return 'LeaseLost';
  if (error instanceof DamagedObjectError) return 'DamagedData';
  return error instanceof Error ? error.name : 'Error';
}

function failure(error: unknown, options: ApplicationFailureOptions): ApplicationFailure {
  const message = error instanceof Error ? error.message : String(error);
  const failed = ApplicationFailure.create({ message, ...options });
  // A stack repeats the message, and the server replaces a failure of more than 4 kB by a note.
  failed.stack = '';
  return failed;
}
