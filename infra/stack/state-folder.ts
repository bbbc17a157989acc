import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { UserError } from '../user-error.ts';
import { diskShortage } from './disk-space.ts';

/** The contents of the state folder. */
export function statePaths(stateFolder: string) {
  return {
    database: join(stateFolder, 'temporal.db'),
    objects: join(stateFolder, 'minio'),
    credentials: join(stateFolder, 'credentials.json'),
    logs: join(stateFolder, 'logs'),
    stack: join(stateFolder, 'stack.json'),
    /** Has a file for each process that uses the stack. */
    users: join(stateFolder, 'users'),
    supervisorLock: join(stateFolder, 'supervisor.lock'),
  };
}

/**
 * Creates the folder and its subfolders. Only its owner can open it.
 *
 * @param ownStore whether it will also hold MinIO's objects.
 * @throws {UserError} if it can't be written or its disk is full.
 */
export function prepareStateFolder(stateFolder: string, ownStore: boolean): void {
  const { logs, users } = statePaths(stateFolder);
  try {
    makeFolder(stateFolder, 0o700);
    makeFolder(logs);
    makeFolder(users);
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

/** @returns the content of a JSON file, or undefined if the file doesn't exist. */
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

/** Writes a file that only its owner can read. A rename makes the change atomic. */
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
    `${path} is damaged. Delete it. The next start creates it again, and no study is lost.`,
    { cause },
  );
}

// --- helpers ---

function fullDisk(shortage: string, cause: unknown): UserError {
  return new UserError(
    `${shortage}. Free some space, or set STAGED_STUDY_STATE to a folder on another disk.`,
    { cause },
  );
}

function unusable(path: string, how: 'read' | 'written', cause: unknown): UserError {
  const { code } = cause as NodeJS.ErrnoException;
  return new UserError(
    `The state folder can't be ${how}: ${path} (${code}). Check its owner and permissions, or set STAGED_STUDY_STATE ` +
      'to another folder.',
    { cause },
  );
}
