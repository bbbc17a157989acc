import { diskOf } from '../disk.ts';

/** MinIO refuses to write where less than this share of the disk is free. */
const minioReserve = 0.01;

/** Below these MinIO and SQLite soon fail, with messages that don't name the reason. */
const leastFreeBytes = { start: 200_000_000, goOn: 50_000_000 };

/**
 * Whether the disk of a state folder has too little free space for a stack to start, or to go on.
 *
 * @param ownStore whether MinIO's objects are there too
 * @returns what is wrong, as the beginning of a sentence; undefined where nothing is
 */
export function diskShortage(
  stateFolder: string,
  to: keyof typeof leastFreeBytes,
  ownStore: boolean,
): string | undefined {
  const { totalBytes, freeBytes } = diskOf(stateFolder);
  const needed = neededBytes(totalBytes, to, ownStore);
  if (freeBytes >= needed) return undefined;
  return `The disk of the state folder ${stateFolder} is full (${megabytes(freeBytes)} free, ${megabytes(needed)} needed)`;
}

/** Free bytes that a stack needs on a disk of this size. */
export function neededBytes(totalBytes: number, to: keyof typeof leastFreeBytes, ownStore: boolean): number {
  return leastFreeBytes[to] + (ownStore ? totalBytes * minioReserve : 0);
}

// --- helpers ---

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
