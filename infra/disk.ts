import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** The size of the disk that a folder is on, or will be, and what its user may still write there, in bytes. */
export function diskOf(folder: string): { totalBytes: number; freeBytes: number } {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  const { blocks, bavail, bsize } = statfsSync(there);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
