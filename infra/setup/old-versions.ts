import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cache } from '../parts/part.ts';

/** @returns the names of the parts in the cache that are not to be kept: other versions, from before or after. */
export function otherVersions({ native }: Cache, kept: ReadonlySet<string>): string[] {
  return existsSync(native) ? readdirSync(native).filter((name) => !kept.has(name)) : [];
}

/**
 * Deletes parts that no process uses.
 *
 * @returns the names of those that it has deleted
 */
export async function deleteUnused(cache: Cache, names: readonly string[]): Promise<string[]> {
  const used = foldersInUse(cache.native);
  const unused = names.filter((name) => !used.has(name));
  for (const name of unused) {
    // It goes by one rename as it came, so whole or not at all.
    const doomed = join(cache.tmp, `${name}-${randomUUID()}`);
    await mkdir(cache.tmp, { recursive: true });
    await rename(join(cache.native, name), doomed);
    await rm(doomed, { recursive: true });
  }
  return unused;
}

// --- helpers ---

/**
 * Parts that a process runs, has loaded, or was told of: a worker starts trainers with the libraries that its own
 * environment names.
 */
function foldersInUse(native: string): Set<string> {
  const used = new Set<string>();
  // The kernel follows links, people may have linked the cache to another disk.
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

/** Processes end, and those of others keep what they have to themselves. */
function readIfAllowed(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
