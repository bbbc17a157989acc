import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Context } from '@temporalio/activity';
import { sourceName } from '../../study/record/source-name.ts';
import { type DownloadOptions, download } from './download.ts';

/** Whether a source is downloaded, rather than opened as a file. */
export function isUrl(source: string): boolean {
  return /^https?:/.test(source);
}

/**
 * Calls `use` with the path of a file, after downloading it if `source` is a URL. A partial download is kept for the next
 * attempt; a complete one is deleted when `use` has ended. Calls for the same URL wait for each other.
 *
 * @param source path or URL.
 * @param downloads folder for downloads.
 */
export async function withFile<T>(
  source: string,
  downloads: string,
  options: Pick<DownloadOptions, 'sizeBytes' | 'sha256' | 'maxBytes' | 'onProgress'>,
  use: (file: string) => Promise<T>,
): Promise<T> {
  if (!isUrl(source)) return use(source);
  const file = join(downloads, fileName(source));
  const before = inUse.get(file);
  const now = (async () => {
    await before?.catch(() => {});
    await download(source, file, { ...options, signal: Context.current().cancellationSignal });
    try {
      return await use(file);
    } finally {
      await rm(file, { force: true });
    }
  })();
  inUse.set(file, now);
  try {
    return await now;
  } finally {
    if (inUse.get(file) === now) inUse.delete(file);
  }
}

// --- helpers ---

/** By file: the last call that uses it. */
const inUse = new Map<string, Promise<unknown>>();

/** The hash tells URLs apart that differ only in what the name leaves out. */
function fileName(url: string): string {
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 16);
  return `${hash}-${basename(sourceName(url)).slice(-100)}`;
}
