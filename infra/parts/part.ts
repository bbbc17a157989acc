import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Something native that is fetched or built once and then stays in the cache. */
export interface Part {
  title: string;
  /** Its folder's name in the cache, which changes with anything that it is made from. */
  folder: string;
  needs: readonly ('python' | 'compiler')[];
  /** Disk that making it takes at most, what stays included. */
  diskBytes: number;
  /**
   * Fills the part's folder.
   *
   * @param target the empty folder to fill
   * @param work an empty folder beside it, removed afterwards
   * @param report told what is being done
   */
  make(target: string, work: string, report: (doing: string) => void): Promise<void>;
}

/** Where parts live: `native` holds whole parts alone, `tmp` what is being made. */
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

/** Makes a part that is not there. It appears in the cache by one rename, so whole or not at all. */
export async function installPart(cache: Cache, part: Part, report: (doing: string) => void): Promise<void> {
  if (isInstalled(cache, part)) return;
  await mkdir(cache.native, { recursive: true });
  await mkdir(cache.tmp, { recursive: true });
  const folder = await mkdtemp(join(cache.tmp, `${part.folder}-`));
  const target = join(folder, 'target');
  const work = join(folder, 'work');
  await mkdir(target);
  await mkdir(work);
  try {
    await part.make(target, work, report);
    await rename(target, partFolder(cache, part));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
