import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { type FileLock, tryLock } from '../../infra/file-lock.ts';
import { makeFolder } from '../../infra/make-folder.ts';
import { sourceName } from '../../study/record/source-name.ts';
import { DownloadFolderError, type DownloadOptions, download } from './download.ts';
import { isUrl } from './is-url.ts';

/**
 * Calls `use` with the path of a file, after downloading it if `source` is a URL. A partial download is kept for the next
 * attempt; a complete one is deleted when `use` has ended. Calls for the same URL wait for each other, also those of other
 * workers on this machine.
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
  const signal = Context.current().cancellationSignal;
  const file = join(downloads, fileName(source));
  const lock = await untilLocked(file, signal);
  try {
    await download(source, file, { ...options, signal });
    return await use(file);
  } finally {
    await rm(file, { force: true });
    lock.release();
  }
}

// --- helpers ---

const POLL_MS = 200;

/** @throws the reason of `signal` if it aborts. */
async function untilLocked(file: string, signal: AbortSignal): Promise<FileLock> {
  for (;;) {
    signal.throwIfAborted();
    const lock = lockIfFree(file);
    if (lock) return lock;
    await pause(POLL_MS);
  }
}

function lockIfFree(file: string): FileLock | undefined {
  try {
    makeFolder(dirname(file));
    return tryLock(`${file}.lock`);
  } catch (cause) {
    throw new DownloadFolderError(
      `could not write ${file} (${(cause as Error).message}); free some space there, or choose a writable folder`,
      { cause },
    );
  }
}

/** The hash tells URLs apart that differ only in what the name leaves out. */
function fileName(url: string): string {
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 16);
  return `${hash}-${basename(sourceName(url)).slice(-100)}`;
}
