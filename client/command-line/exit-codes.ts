import { CommanderError } from 'commander';
import { UserError } from '../../infra/user-error.ts';
import { StoreAccessError, StoreUnavailableError } from '../../storage/object-store.ts';

export const EXIT = { success: 0, failure: 1, usage: 2, needsAttention: 3, interrupted: 130 } as const;

/** The command line, or a file or variable that it names, is wrong. Nothing was done; the exit code is `EXIT.usage`. */
export class UsageError extends UserError {
  override name = 'UsageError';
}

/** Ctrl-C ended the command; the exit code is `EXIT.interrupted`. */
export class InterruptedError extends Error {
  override name = 'InterruptedError';
}

/** Sets the exit code for an error and prints it: one message if it was expected, otherwise a stack trace. */
export async function endWith(error: unknown): Promise<void> {
  // Commander has printed its message, and Ctrl-C needs none.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.success : EXIT.usage;
  else if (error instanceof InterruptedError) process.exitCode = EXIT.interrupted;
  else {
    process.exitCode = (await isUsageError(error)) ? EXIT.usage : EXIT.failure;
    console.error((await isExpected(error)) ? (error as Error).message : error);
  }
}

// --- helpers ---

async function isUsageError(error: unknown): Promise<boolean> {
  // Loaded late, since `--help` ends here too and needs no study.
  const { InvalidStudyError } = await import('../../study/definition/parse-study.ts');
  return error instanceof UsageError || error instanceof InvalidStudyError;
}

/** Whether the message of an error is all that its reader needs. */
async function isExpected(error: unknown): Promise<boolean> {
  const expected = [UserError, StoreAccessError, StoreUnavailableError];
  return expected.some((kind) => error instanceof kind) || isUsageError(error);
}
