import { diskOf } from '../disk.ts';

/** MinIO refuses to write if less than this fraction of the disk is free. */
const MINIO_RESERVE = 0.01;

/** With less, MinIO and SQLite soon fail with messages that don't name the cause. */
const LEAST_FREE_BYTES = { start: 200_000_000, continue: 50_000_000 };

/**
 * Checks whether the disk of a state folder has enough free space for a stack to start, or to continue.
 *
 * @param ownStore whether the disk also holds MinIO's objects.
 * @returns the problem as the beginning of a sentence, or undefined if there is enough.
 */
export function diskShortage(
  stateFolder: string,
  to: keyof typeof LEAST_FREE_BYTES,
  ownStore: boolean,
): string | undefined {
  const { totalBytes, freeBytes } = diskOf(stateFolder);
  const needed = neededBytes(totalBytes, to, ownStore);
  if (freeBytes >= needed) return undefined;
  return `The disk of the state folder ${stateFolder} is full (${megabytes(freeBytes)} free, ${megabytes(needed)} needed)`;
}

/** Free space that a stack needs on a disk of this size, in bytes. */
export function neededBytes(
  totalBytes: number,
  to: keyof typeof LEAST_FREE_BYTES,
  ownStore: boolean,
): number {
  return LEAST_FREE_BYTES[to] + (ownStore ? totalBytes * MINIO_RESERVE : 0);
}

// --- helpers ---

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
