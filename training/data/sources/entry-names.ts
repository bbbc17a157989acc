import { DataError } from '../data-error.ts';
import { MOST_FILE_BYTES, MOST_FILES, type SourceFile } from './source-file.ts';

/** Collects the entries of an archive or folder, and refuses those that nobody should follow. */
export function createEntries(where: string, archiveBytes: number | undefined) {
  const files = new Map<string, SourceFile>();
  const folders = new Set<string>();
  let totalBytes = 0;
  const most = archiveBytes === undefined ? Number.POSITIVE_INFINITY : 100 * archiveBytes + 100_000_000;

  const refuse = (name: string, problem: string): never => {
    throw new DataError(`${where}: entry ${shown(name)} ${problem}`);
  };
  return {
    refuse,
    /**
     * @returns its path; undefined for a hidden file, which is left out.
     * @throws {DataError} if its name leads out of the archive or occurs twice, or if there are too many or too large ones.
     */
    add(name: string, sizeBytes: number): string | undefined {
      const path = relativePath(name);
      if (path === undefined) {
        return refuse(name, OUTSIDE);
      }
      totalBytes += sizeBytes;
      if (sizeBytes > MOST_FILE_BYTES) {
        return refuse(
          name,
          `has ${sizeBytes} bytes, expected at most ${MOST_FILE_BYTES}; make the file smaller`,
        );
      }
      if (totalBytes > most) {
        throw new DataError(
          `${where}: its entries decompress to more than a hundred times its size; expected images or tables, which don't; ` +
            'pack the files again',
        );
      }
      if (isHidden(path)) return undefined;
      if (files.has(path)) return refuse(name, 'occurs twice; remove one of them');
      if (files.size === MOST_FILES) {
        throw new DataError(`${where}: expected at most ${MOST_FILES} files, got more; use fewer`);
      }
      files.set(path, { path, sizeBytes });
      return path;
    },
    /** @throws {DataError} if its name leads out of the archive. */
    addFolder(name: string): void {
      if (/^[./]*$/.test(name)) return;
      const path = relativePath(name);
      if (path === undefined) refuse(name, OUTSIDE);
      else if (!isHidden(path)) folders.add(path);
    },
    sorted: () => ({
      files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
      folders: [...folders].sort(),
    }),
  };
}

/** @returns undefined if the name is absolute or leads out of its folder. */
export function relativePath(name: string): string | undefined {
  if (name.includes('\0') || name.includes('\\') || name.startsWith('/') || /^[A-Za-z]:/.test(name))
    return undefined;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}

// --- helpers ---

const OUTSIDE = 'has a name that leads out of the archive; pack the folder again, with relative names';

/** What operating systems leave in folders. */
function isHidden(path: string): boolean {
  return path
    .split('/')
    .some(
      (part) => part.startsWith('.') || part === '__MACOSX' || part === 'Thumbs.db' || part === 'desktop.ini',
    );
}

function shown(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}
