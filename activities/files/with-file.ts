import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { type DownloadOptions, download } from './download.ts';

/** Whether a source is downloaded, rather than opened as a file. */
export function isUrl(source: string): boolean {
  return /^https?:/.test(source);
}

/**
 * Calls `use` with the path of a file, after downloading it if `source` is a URL. A partial download is kept for the next
 * attempt; a complete one is deleted when `use` has ended.
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
