import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { type DownloadOptions, download } from './download.ts';

/** Whether a source is downloaded rather than opened as a file. */
export function isAddress(source: string): boolean {
  return /^https?:/.test(source);
}

/**
 * Calls `use` with a local file, or with a URL's file once it is downloaded. A partial download is kept for the next
 * attempt. A complete one is deleted after `use`.
 *
 * @param downloads folder for downloads.
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
    signal: Context.current().cancellationSignal,
  });
  try {
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}
