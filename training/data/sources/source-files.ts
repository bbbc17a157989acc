import { stat } from 'node:fs/promises';
import { DataError } from '../data-error.ts';
import { firstBytes } from './first-bytes.ts';
import { openFolder } from './folder-files.ts';
import type { SourceFiles } from './source-file.ts';
import { openTar } from './tar-files.ts';
import { openZip } from './zip-files.ts';

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
