import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../infra/make-folder.ts';
import { cacheFolder } from '../../storage/inputs/cache-folder.ts';

/** In the cache folder: the ids of studies that this machine knows, a line each, for shells to complete. */
export const IDS_FILE = 'study-ids';

/** Writes the ids that shells complete. It helps only those who type, so it never fails. */
export async function rememberIds(ids: readonly string[]): Promise<void> {
  const file = join(cacheFolder(), IDS_FILE);
  const draft = `${file}.${process.pid}`;
  const text = ids.map((id) => `${id}\n`).join('');
  try {
    if ((await readFile(file, 'utf8').catch(() => '')) === text) return;
    makeFolder(cacheFolder());
    await writeFile(draft, text);
    await rename(draft, file);
  } catch {
    // Nothing is completed then.
  }
}
