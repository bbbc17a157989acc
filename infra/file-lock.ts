import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { identifySelf, isRunning, type ProcessIdentity } from './process-identity.ts';

export interface FileLock {
  release(): void;
}

/**
 * Runs `work` while this process holds the lock.
 *
 * @param onWait called once if another process holds the lock.
 */
export async function withFileLock<T>(
  path: string,
  onWait: (holder: ProcessIdentity) => void,
  work: () => Promise<T>,
): Promise<T> {
  let waited = false;
  for (;;) {
    const lock = tryLock(path);
    if (lock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    const holder = readHolder(path);
    if (holder && !waited) {
      waited = true;
      onWait(holder);
    }
    await pause(200);
  }
}

/**
 * Takes the lock unless a running process holds it. The lock of a process that has died is taken over at once.
 *
 * @returns undefined if it is held.
 */
export function tryLock(path: string): FileLock | undefined {
  const own: Holder = { ...identifySelf(), id: randomUUID() };
  const draft = `${path}.${own.id}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    for (;;) {
      try {
        // A link is atomic and fails if the name exists, so a lock is never visible without its holder.
        linkSync(draft, path);
        return { release: () => rmSync(path, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readHolder(path);
      if (holder && isRunning(holder)) return undefined;
      if (holder && !removeStale(path, holder)) return undefined;
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

// --- helpers ---

interface Holder extends ProcessIdentity {
  id: string;
}

/**
 * Removes the lock of a dead holder. Two processes may find the same dead holder, so removal itself needs a lock, named
 * after the holder. Otherwise the second process could remove the first one's new lock.
 */
function removeStale(path: string, dead: Holder): boolean {
  const removal = tryLock(`${path}.stale-${dead.id}`);
  if (!removal) return false;
  try {
    if (readHolder(path)?.id === dead.id) unlinkSync(path);
    return true;
  } finally {
    removal.release();
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(
      `${path}: expected JSON that names the lock's holder; delete the file if no process of this project is running`,
      { cause: error },
    );
  }
}
