import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Finds the files of the cache folder that have been neither read nor written for a while: copies of data sets and weights,
 * which the store has too, and what is left of downloads.
 *
 * @returns paths and sizes. None if there is no such folder.
 */
export async function localGarbage(
  folder: string,
  before: Date,
): Promise<{ path: string; sizeBytes: number }[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => OURS.test(name))
      .map(async (name) => {
        const path = join(folder, name);
        const file = await stat(path).catch(() => undefined);
        // Many file systems note a read only once a day.
        if (!file?.isFile() || file.mtime >= before || file.atime >= before) return [];
        return [{ path, sizeBytes: file.size }];
      }),
  );
  return found.flat();
}

// --- helpers ---

/** The folder may hold files of others. */
const OURS =
  /^([0-9a-f]{64}\.(records|examples|safetensors)(\..*\.tmp)?|[0-9a-f-]{36}\.(train|test)\.tmp|[0-9a-f]{16}-.*)$/;
