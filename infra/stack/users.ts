import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifySelf, isRunning, type ProcessIdentity } from '../process-identity.ts';
import { statePaths } from './state-folder.ts';

// Several terminals may share a stack, and it ends with the last of them; so each leaves a file here while it uses it.

/** @returns a function that takes the registration back. */
export function registerUser(stateFolder: string): () => void {
  const { users } = statePaths(stateFolder);
  const path = join(users, `${process.pid}-${randomUUID()}`);
  const draft = join(users, `.${randomUUID()}`);
  writeFileSync(draft, JSON.stringify(identifySelf()));
  renameSync(draft, path);
  return () => rmSync(path, { force: true });
}

/** Makes a stack stay until it is told to stop, whoever uses it. */
export function keepRunning(stateFolder: string): void {
  writeFileSync(join(statePaths(stateFolder).users, kept), '');
}

export function stopKeeping(stateFolder: string): void {
  rmSync(join(statePaths(stateFolder).users, kept), { force: true });
}

/** Whether anybody uses the stack; registrations of processes that have ended are deleted. */
export function isUsed(stateFolder: string): boolean {
  const { users } = statePaths(stateFolder);
  // Who deletes the folder of a stack that is up takes it for unused.
  if (!existsSync(users)) return false;
  let used = false;
  for (const name of readdirSync(users)) {
    if (name.startsWith('.')) continue;
    const user = name === kept ? undefined : readUser(join(users, name));
    if (name === kept || (user && isRunning(user))) used = true;
    else rmSync(join(users, name), { force: true });
  }
  return used;
}

// --- helpers ---

const kept = 'kept';

function readUser(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
