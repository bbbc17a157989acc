import { UserError } from '../infra/user-error.ts';
import { StoreAccessError, StoreUnavailableError } from '../storage/object-store.ts';
import { InvalidStudyError } from '../study/parse-study.ts';
import { InterruptedError } from './interruption.ts';
import { UsageError } from './usage-error.ts';

export const EXIT = { success: 0, failure: 1, usage: 2, needsAttention: 3, interrupted: 130 } as const;

/** The exit code of a command that an error has ended. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return EXIT.interrupted;
  if (error instanceof UsageError || error instanceof InvalidStudyError) return EXIT.usage;
  return EXIT.failure;
}

/** Whether an error's message says all that its reader needs. */
export function isExpected(error: unknown): error is Error {
  return [UserError, InvalidStudyError, StoreAccessError, StoreUnavailableError].some(
    (kind) => error instanceof kind,
  );
}
