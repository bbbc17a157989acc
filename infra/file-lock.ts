import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { identifySelf, isRunning, type ProcessIdentity } from './process-identity.ts';

export interface FileLock {
  release(): void;
}

/** Runs `work` while this process alone holds the lock; `onWait` is told once when another process holds it. */
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
 * Takes the lock unless a process that still runs holds it. A lock whose holder has died is taken over.
 *
 * @returns undefined where it is held.
 */
export function tryLock(path: string): FileLock | undefined {
  const own: Holder = { ...identifySelf(), id: randomUUID() };
  const draft = `${path}.${own.id}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    for (;;) {
      try {
        // A link appears whole and fails where the name exists: nobody sees a lock without its holder.
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
 * Two processes may find the same dead holder. Only who holds the lock named after that holder removes its lock,
 * so that the second does not remove the first one's new lock.
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
      `${path} should hold a lock's holder as JSON; delete it if nothing of this project runs`,
      {
        cause: error,
      },
    );
  }
}
