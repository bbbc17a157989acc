import { sourceName } from '../../study/record/source-name.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/** Whether a data set or weights that a user names are downloaded, rather than read from a file. */
export function isUrl(given: string): boolean {
  return /^https?:\/\//.test(given);
}

/**
 * Checks a URL whose file a worker will download.
 *
 * @param whose the option or variable that names it.
 * @throws {UsageError} if it is malformed, or has a user name or password, which the message doesn't show.
 */
export function checkUrl(whose: string, url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && !parsed.username && !parsed.password) return;
  throw new UsageError(
    `${whose}: expected a URL${parsed ? ' without user name and password' : ''}, got ${sourceName(url)}` +
      `${parsed ? ' with them; download the file yourself and name it' : '; check how it is written'}`,
  );
}
