import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isUrl } from './is-url.ts';

/** Whether a study may name this path or URL as its data set or weights. */
export type AllowedSources = (source: string) => Promise<boolean>;

/**
 * Reads `STAGED_STUDY_SOURCES`: absolute paths of folders and beginnings of URLs, separated by spaces. Unset, everything
 * is allowed.
 *
 * @throws {Error} if an entry is neither.
 */
export function allowedSources({ STAGED_STUDY_SOURCES: given = '' }: NodeJS.ProcessEnv): AllowedSources {
  const entries = given.split(/\s+/).filter((entry) => entry !== '');
  if (entries.length === 0) return async () => true;
  const wrong = entries.find((entry) => !entry.startsWith('/') && !(isUrl(entry) && URL.canParse(entry)));
  if (wrong !== undefined) {
    throw new Error(
      'STAGED_STUDY_SOURCES: expected absolute paths of folders and beginnings of URLs (https://HOST/…), separated by ' +
        `spaces, got "${wrong}"`,
    );
  }
  return async (source) => {
    for (const entry of entries) {
      const within = isUrl(source) ? isBelowUrl(source, entry) : await isInFolder(source, entry);
      if (within) return true;
    }
    return false;
  };
}

// --- helpers ---

function isBelowUrl(source: string, entry: string): boolean {
  if (!isUrl(entry) || !URL.canParse(source)) return false;
  const [named, allowed] = [new URL(source), new URL(entry)];
  return named.origin === allowed.origin && isBelow(named.pathname, allowed.pathname);
}

/** Links in the folder must not lead out of it. */
async function isInFolder(source: string, entry: string): Promise<boolean> {
  if (isUrl(entry)) return false;
  return isBelow(await withoutLinks(source), await withoutLinks(entry));
}

async function withoutLinks(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
