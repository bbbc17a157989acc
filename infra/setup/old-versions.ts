import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cache } from '../parts/part.ts';

/** @returns the names of the parts in the cache that are not in `kept`: older or newer versions. */
export function otherVersions({ native }: Cache, kept: ReadonlySet<string>): string[] {
  return existsSync(native) ? readdirSync(native).filter((name) => !kept.has(name)) : [];
}

/**
 * Deletes those of the parts that no process uses.
 *
 * @returns the names of the deleted parts.
 */
export async function deleteUnused(cache: Cache, names: readonly string[]): Promise<string[]> {
  const used = foldersInUse(cache.native);
  const unused = names.filter((name) => !used.has(name));
  for (const name of unused) {
    // One rename removes it from the cache, so it is never there in part.
    const obsolete = join(cache.tmp, `${name}-${randomUUID()}`);
    await mkdir(cache.tmp, { recursive: true });
    await rename(join(cache.native, name), obsolete);
    await rm(obsolete, { recursive: true });
  }
  return unused;
}

// --- helpers ---

/**
 * Parts that a process runs, has loaded, or has in its environment: a worker starts trainers with the libraries named
 * there.
 */
function foldersInUse(native: string): Set<string> {
  const used = new Set<string>();
  // The cache may be a link to another disk, which the kernel resolves.
  const roots = new Set([native, realpathSync(native)].map((path) => Buffer.from(path).toString('latin1')));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const text = ['maps', 'environ', 'cmdline']
      .map((file) => readIfAllowed(`/proc/${pid}/${file}`))
      .join('\0');
    for (const root of roots) {
      for (const path of text.split(`${root}/`).slice(1)) used.add(path.split(/[/:\0\n]/, 1)[0] ?? '');
    }
  }
  return used;
}

/** @returns an empty text if the process has ended or belongs to another user. */
function readIfAllowed(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
