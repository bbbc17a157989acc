import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { type DownloadOptions, download } from './download.ts';

/** A server that can't be reached is given up after this long. */
const CONNECT_TIMEOUT_MS = 8_000;

/** Whether a source is fetched, rather than opened as a file. */
export function isAddress(source: string): boolean {
  return /^https?:/.test(source);
}

/**
 * Gives `use` a file by its name, or by its address once it is downloaded: what has come of it is kept for the next attempt
 * until it is whole. Used or refused, a download has done its work and is removed.
 *
 * @param downloads folder for what is downloaded.
 */
export async function withFile<T>(
  source: string,
  downloads: string,
  options: Pick<DownloadOptions, 'sizeBytes' | 'sha256' | 'maxBytes' | 'onProgress'>,
  use: (file: string) => Promise<T>,
): Promise<T> {
  if (!isAddress(source)) return use(source);
  const file = join(downloads, encodeURIComponent(source).slice(-200));
  await download(source, file, {
    ...options,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    signal: Context.current().cancellationSignal,
  });
  try {
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}
