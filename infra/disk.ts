import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Size and free space, in bytes, of the disk that holds a folder. The folder need not exist yet. */
export function diskOf(folder: string): { totalBytes: number; freeBytes: number } {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { blocks, bavail, bsize } = statfsSync(existing);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
