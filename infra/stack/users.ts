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
  writeFileSync(
    draft,
    JSON.stringify({ ...identifySelf(), command: process.argv.slice(2).join(' ') } satisfies User),
  );
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
  let used = false;
  for (const name of registrations(users)) {
    if (name === kept || readUser(join(users, name))) used = true;
    else rmSync(join(users, name), { force: true });
  }
  return used;
}

/** @returns for each user its command and process, `up` for the wish to be kept. */
export function listUsers(stateFolder: string): string[] {
  const { users } = statePaths(stateFolder);
  return registrations(users).flatMap((name) => {
    if (name === kept) return ['up'];
    const user = readUser(join(users, name));
    return user ? [`${user.command} (process ${user.pid})`] : [];
  });
}

// --- helpers ---

interface User extends ProcessIdentity {
  /** What was typed after the program's name. */
  command: string;
}

const kept = 'kept';

function registrations(users: string): string[] {
  // Who deletes the folder of a stack that is up takes it for unused.
  return existsSync(users) ? readdirSync(users).filter((name) => !name.startsWith('.')) : [];
}

/** @returns undefined where the process has ended. */
function readUser(path: string): User | undefined {
  try {
    const user = JSON.parse(readFileSync(path, 'utf8')) as User;
    return isRunning(user) ? user : undefined;
  } catch {
    return undefined;
  }
}
