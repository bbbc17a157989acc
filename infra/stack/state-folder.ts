import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../process-identity.ts';
import { UserError } from '../user-error.ts';
import { diskShortage } from './disk-space.ts';
import type { Credentials } from './minio-server.ts';

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

/** What is known of a stack: in `stack.json`, written by its supervisor alone. */
export interface StackRecord {
  phase: 'starting' | 'ready' | 'stopping';
  /** ISO 8601. */
  startedAt: string;
  supervisor: ProcessIdentity;
  /** In the order of their start. */
  processes: { name: string; identity: ProcessIdentity; graceMs: number }[];
  ports: StackPorts;
  /** A store that is not the stack's own. */
  externalStore: { endpoint: string; bucket: string; region: string } | undefined;
}

export interface StackPorts {
  temporal: number;
  temporalUi: number;
  store: number;
  storeConsole: number;
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

/** MinIO's credentials, generated at the first call; a file that its owner alone can read. */
export function readOrMakeCredentials(stateFolder: string): Credentials {
  const { credentials: path } = statePaths(stateFolder);
  const found = readJson<Credentials>(path);
  if (found) {
    if (found.accessKey && found.secretKey) return found;
    throw damaged(path, undefined);
  }
  const made = { accessKey: 'staged-study', secretKey: randomBytes(24).toString('base64url') };
  writeWhole(path, made);
  return made;
}

export function readRecord(stateFolder: string): StackRecord | undefined {
  return readJson<StackRecord>(statePaths(stateFolder).record);
}

export function writeRecord(stateFolder: string, record: StackRecord): void {
  writeWhole(statePaths(stateFolder).record, record);
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

function damaged(path: string, cause: unknown): UserError {
  return new UserError(
    `${path} is damaged. Delete it: it is made anew at the next start, and no study is lost.`,
    {
      cause,
    },
  );
}

function readJson<T>(path: string): T | undefined {
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

/** By a rename, so that nobody reads half of it. */
function writeWhole(path: string, value: unknown): void {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
