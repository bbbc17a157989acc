import { UserError } from '../infra/user-error.ts';
import { StoreAccessError, StoreUnavailableError } from '../storage/object-store.ts';
import { InvalidStudyError } from '../study/parse-study.ts';

export const EXIT = { success: 0, failure: 1, usage: 2, needsAttention: 3, interrupted: 130 } as const;

export function explainExit(): string {
  return [
    'Exit codes: 0 done (run: the study completed); 1 failed; 2 wrong usage;',
    '  3 trials wait to be retried or skipped, and nobody is at a terminal; 130 ended by Ctrl-C.',
  ].join('\n');
}

/** Whether an error's message says all that its reader needs. */
export function isExpected(error: unknown): error is Error {
  return [UserError, InvalidStudyError, StoreAccessError, StoreUnavailableError].some(
    (kind) => error instanceof kind,
  );
}
