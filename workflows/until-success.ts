import { ActivityFailure, ApplicationFailure, sleep } from '@temporalio/workflow';
import type { FailureDetails } from '../activities/failures.ts';
import type { FailedTry } from './status.ts';

/**
 * Tries until it succeeds, or fails in a way that a person has to look at:
 *
 * - Failures of the surroundings, such as a store that is away, never get here: Temporal retries them without end.
 * - A lack of memory leads to one more try, with the machine alone.
 * - A failure that a retry can't help, such as a bad configuration, is thrown at once.
 * - Any other is thrown if it comes several times without a new checkpoint in between.
 *
 * @param onFailure called before the next try.
 * @throws {ActivityFailure} the last failure.
 */
export async function untilSuccess<T>(
  work: (how: { alone: boolean }) => Promise<T>,
  onFailure: (failed: FailedTry) => void,
): Promise<T> {
  let alone = false;
  let tries = 0;
  let withoutProgress = 0;
  let lastStep = 0;
  for (;;) {
    try {
      return await work({ alone });
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      if (failure.type === 'OutOfMemory' && alone) throw outOfMemory(failure);
      const { step = 0 } = (failure.details?.[0] ?? {}) as Partial<FailureDetails>;
      withoutProgress = step > lastStep ? 1 : withoutProgress + 1;
      lastStep = Math.max(lastStep, step);
      if (withoutProgress >= mostFailures(failure.type)) throw error;
      alone ||= failure.type === 'OutOfMemory';
      const pauseMs = pauseAfter(withoutProgress);
      tries++;
      onFailure({
        attempt: tries,
        failure: failure.message,
        nextAt: new Date(Date.now() + pauseMs).toISOString(),
      });
      await sleep(pauseMs);
    }
  }
}

// --- helpers ---

/** How often in a row; an unforeseen failure may be passing, but more likely it comes back each time. */
const MOST_FAILURES: Record<string, number> = {
  BadConfiguration: 1,
  DamagedData: 1,
  DeviceUnavailable: 8,
  OutOfMemory: Number.POSITIVE_INFINITY,
};
const MOST_UNFORESEEN = 3;

function mostFailures(type: string | null | undefined): number {
  return MOST_FAILURES[type ?? ''] ?? MOST_UNFORESEEN;
}

/** 2 s, 4 s, … 2 minutes. */
function pauseAfter(failures: number): number {
  return Math.min(120_000, 1_000 * 2 ** failures);
}

function failureOf(error: unknown): ApplicationFailure | undefined {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure
    ? error.cause
    : undefined;
}

function outOfMemory({ message }: ApplicationFailure): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `not enough memory, although nothing else was trained on the machine the second time; retry on a machine with more ` +
      `memory, retry with a smaller batch, or skip: ${message}`,
    'OutOfMemory',
  );
}
