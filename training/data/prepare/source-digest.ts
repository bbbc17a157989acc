import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { DataError } from '../data-error.ts';
import { openFolder } from '../sources/folder-files.ts';

/**
 * SHA-256 of a file, or of a folder's files with their paths.
 *
 * @throws {DataError} if it can't be read, or a folder has a link.
 */
export async function sourceDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    if ((await stat(path)).isDirectory()) {
      const folder = await openFolder(path);
      await folder.readEach(new Set(folder.files.map((file) => file.path)), async (file, bytes) => {
        const content = createHash('sha256').update(bytes).digest('hex');
        hash.update(`${JSON.stringify(file.path)} ${content}\n`);
      });
    } else for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${path}: can't be read (${(cause as Error).message}); check the path`, { cause });
  }
  return hash.digest('hex');
}
