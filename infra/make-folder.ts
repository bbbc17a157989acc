import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and those above it. Node's own recursive `mkdir` tries for ever where the system refuses with ENOENT, as
 * below /proc.
 *
 * @param mode of those that are created.
 */
export function makeFolder(folder: string, mode = 0o777): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process may have come first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
