import { UserError } from '../../infra/user-error.ts';

/** What was typed, or a file or variable that it names, can't be: nothing was done, and the exit code is 2. */
export class UsageError extends UserError {
  override name = 'UsageError';
}
