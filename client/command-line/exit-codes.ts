import { CommanderError } from 'commander';
import { UserError } from '../../infra/user-error.ts';
import { StoreAccessError, StoreUnavailableError } from '../../storage/object-store.ts';
import { InvalidStudyError } from '../../study/definition/parse-study.ts';
import { InterruptedError } from './interruption.ts';
import { UsageError } from './usage-error.ts';

export const EXIT = { success: 0, failure: 1, usage: 2, needsAttention: 3, interrupted: 130 } as const;

/** Ends a command with an error: sets the exit code, and prints one message for an expected error, else a stack trace. */
export function endWith(error: unknown): void {
  process.exitCode = exitCodeOf(error);
  // Commander has said what is wrong, and Ctrl-C needs no words.
  if (error instanceof CommanderError || error instanceof InterruptedError) return;
  console.error(isExpected(error) ? error.message : error);
}

// --- helpers ---

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
  if (error instanceof InterruptedError) return EXIT.interrupted;
  if (error instanceof UsageError || error instanceof InvalidStudyError) return EXIT.usage;
  return EXIT.failure;
}

/** Whether an error's message says all that its reader needs. */
function isExpected(error: unknown): error is Error {
  return [UserError, InvalidStudyError, StoreAccessError, StoreUnavailableError].some(
    (kind) => error instanceof kind,
  );
}
