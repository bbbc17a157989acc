import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Something native that is downloaded or built once and then stays in the cache. */
export interface Part {
  title: string;
  /** Name of its folder in the cache. It changes with anything the part is made from. */
  folder: string;
  needs: readonly ('python' | 'compiler')[];
  /** Disk space that making it takes at most, including the result. */
  diskBytes: number;
  /**
   * Fills the part's folder.
   *
   * @param target an empty folder to fill.
   * @param work an empty folder on the same disk, deleted afterwards.
   * @param onProgress receives what is being done.
   */
  make(target: string, work: string, onProgress: (doing: string) => void): Promise<void>;
}

/** Folders of the parts: `native` holds complete ones, `tmp` those being made. */
export interface Cache {
  native: string;
  tmp: string;
}

export function cacheIn(projectRoot: string): Cache {
  return { native: join(projectRoot, '.cache', 'native'), tmp: join(projectRoot, '.cache', 'tmp') };
}

export function partFolder(cache: Cache, part: Part): string {
  return join(cache.native, part.folder);
}

export function isInstalled(cache: Cache, part: Part): boolean {
  return existsSync(partFolder(cache, part));
}

/** Makes a part unless it is installed. One rename moves it into the cache, so it is never there in part. */
export async function installPart(
  cache: Cache,
  part: Part,
  onProgress: (doing: string) => void,
): Promise<void> {
  if (isInstalled(cache, part)) return;
  await mkdir(cache.native, { recursive: true });
  await mkdir(cache.tmp, { recursive: true });
  const folder = await mkdtemp(join(cache.tmp, `${part.folder}-`));
  const target = join(folder, 'target');
  const work = join(folder, 'work');
  await mkdir(target);
  await mkdir(work);
  try {
    await part.make(target, work, onProgress);
    await rename(target, partFolder(cache, part));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
