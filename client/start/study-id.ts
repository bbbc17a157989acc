import { isValidId } from '../../study/definition/text-schemas.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/** @throws {UsageError} if this is not a valid id of a study. */
export function checkStudyId(id: string): void {
  if (isValidId(id)) return;
  throw new UsageError(
    `--id: expected letters, digits, ".", "_" and "-", at most 100 of them, starting with a letter or digit, got "${id}"`,
  );
}
