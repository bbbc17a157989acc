import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';
import { diskShortage } from './disk-space.ts';

/** What the state folder holds. */
export function statePaths(stateFolder: string) {
  return {
    database: join(stateFolder, 'temporal.db'),
    objects: join(stateFolder, 'minio'),
    credentials: join(stateFolder, 'credentials.json'),
    logs: join(stateFolder, 'logs'),
    record: join(stateFolder, 'stack.json'),
    /** A file for each process that uses the stack. */
    users: join(stateFolder, 'users'),
    supervisorLock: join(stateFolder, 'supervisor.lock'),
  };
}

/**
 * Makes the folder, open to its owner alone, and its parts.
 *
 * @param ownStore whether MinIO's objects will be there too
 * @throws UserError where it can't be written or the disk is full
 */
export function prepareStateFolder(stateFolder: string, ownStore: boolean): void {
  const { logs, users } = statePaths(stateFolder);
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    mkdirSync(logs, { recursive: true });
    mkdirSync(users, { recursive: true });
    const probe = join(stateFolder, `probe-${process.pid}`);
    try {
      writeFileSync(probe, 'x');
    } finally {
      rmSync(probe, { force: true });
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw fullDisk(`The disk of the state folder ${stateFolder} is full`, cause);
    throw unusable(stateFolder, 'written', cause);
  }
  const shortage = diskShortage(stateFolder, 'start', ownStore);
  if (shortage) throw fullDisk(shortage, undefined);
}

/** @returns the content of a JSON file, undefined where there is none. */
export function readStateFile<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, 'read', error);
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw damaged(path, cause);
  }
}

/** Writes a file that its owner alone can read, by a rename: nobody reads half of it. */
export function writeStateFile(path: string, value: unknown): void {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

export function damaged(path: string, cause: unknown): UserError {
  return new UserError(
    `${path} is damaged. Delete it: it is made anew at the next start, and no study is lost.`,
    {
      cause,
    },
  );
}

// --- helpers ---

function fullDisk(shortage: string, cause: unknown): UserError {
  return new UserError(`${shortage}. Free some, or set STAGED_STUDY_STATE to a folder on another disk.`, {
    cause,
  });
}

function unusable(path: string, how: 'read' | 'written', cause: unknown): UserError {
  const { code } = cause as NodeJS.ErrnoException;
  return new UserError(
    `The state folder can't be ${how}: ${path} (${code}). Is it another user's? Make it yours, or set STAGED_STUDY_STATE ` +
      'to another folder.',
    { cause },
  );
}
