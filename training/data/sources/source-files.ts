import { stat } from 'node:fs/promises';
import { DataError } from '../data-error.ts';
import { firstBytes } from './first-bytes.ts';
import { openFolder } from './folder-files.ts';
import { openTar } from './tar-files.ts';
import { openZip } from './zip-files.ts';

/** A file of a folder or an archive. */
export interface SourceFile {
  /** Relative, with `/` between its parts. */
  path: string;
  sizeBytes: number;
}

/** The files of a folder or an archive, without hidden ones. */
export interface SourceFiles {
  /** Sorted by path, so that a folder and its archives give the same. */
  files: readonly SourceFile[];
  /** Paths of its folders, as far as it lists them. */
  folders: readonly string[];
  /**
   * Reads files one after another, in any order. The next ones may be read while `use` works.
   *
   * @param wanted paths.
   * @throws {DataError} if a file can't be read, or has another size than stated.
   */
  readEach(
    wanted: ReadonlySet<string>,
    use: (file: SourceFile, bytes: Buffer) => Promise<void>,
  ): Promise<void>;
}

/** The most that a single file may have: of an image more than any camera makes. */
export const MOST_FILE_BYTES = 500_000_000;
export const MOST_FILES = 2_000_000;

/**
 * Opens a folder, or a tar or zip archive, and lists its files. Nothing is written to disk.
 *
 * @param path of the folder or archive.
 * @throws {DataError} that names the entry, if one is a link, has a name that leads out of the folder, occurs twice, is too
 *   large, or if the archive is damaged.
 * @returns undefined if the file is no archive.
 */
export async function openSourceFiles(path: string): Promise<SourceFiles | undefined> {
  const found = await stat(path).catch((cause: Error) => {
    throw new DataError(`${path}: can't be read (${cause.message}); check the path`, { cause });
  });
  if (found.isDirectory()) return openFolder(path);
  const start = await firstBytes(path);
  switch (start.kind) {
    case 'zip':
      return openZip(path, found.size);
    case 'tar':
    case 'tar.gz':
      return openTar(path, found.size, start.kind === 'tar.gz');
    default:
      return undefined;
  }
}
