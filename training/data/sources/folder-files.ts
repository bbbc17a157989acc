import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../data-error.ts';
import { createEntries } from './entry-names.ts';
import type { SourceFiles } from './source-file.ts';

/** The files of a folder. See `openSourceFiles`. */
export async function openFolder(folder: string): Promise<SourceFiles> {
  const entries = createEntries(folder, undefined);
  const pending = [''];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    for (const entry of await list(join(folder, place))) {
      const name = place === '' ? entry.name : `${place}/${entry.name}`;
      if (entry.isSymbolicLink()) {
        entries.refuse(name, 'is a link, expected regular files only; copy the file there instead');
      } else if (entry.isDirectory()) {
        entries.addFolder(name);
        if (!entry.name.startsWith('.')) pending.push(name);
      } else if (entry.isFile()) {
        entries.add(name, (await stat(join(folder, name))).size);
      } else entries.refuse(name, 'is no regular file; remove it');
    }
  }
  const { files, folders } = entries.sorted();
  return {
    files,
    folders,
    async readEach(wanted, use) {
      for (const file of files) {
        if (!wanted.has(file.path)) continue;
        const path = join(folder, file.path);
        const bytes = await readFile(path).catch((cause: Error) => {
          throw new DataError(`${path}: can't be read (${cause.message}); check its permissions`, { cause });
        });
        await use(file, bytes);
      }
    },
  };
}

// --- helpers ---

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new DataError(`${folder}: can't be read (${(cause as Error).message}); check its permissions`, {
      cause,
    });
  }
}
