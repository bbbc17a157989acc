import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifySelf, isRunning, type ProcessIdentity } from '../process-identity.ts';
import { highestLevel, type StackLevel } from './stack-level.ts';
import { statePaths } from './state-folder.ts';

// Processes in several terminals may share a stack, which stops with its last user. While a process uses the stack, it
// has a file in the folder `users`.

/**
 * @param needs what this process needs of the stack.
 * @returns a function that removes the registration.
 */
export function registerUser(stateFolder: string, needs: StackLevel): () => void {
  const { users } = statePaths(stateFolder);
  const path = join(users, `${process.pid}-${randomUUID()}`);
  const draft = join(users, `.${randomUUID()}`);
  writeFileSync(draft, JSON.stringify({ ...identifySelf(), command: commandLine(), needs } satisfies User));
  renameSync(draft, path);
  return () => rmSync(path, { force: true });
}

/** Keeps a stack running until `stopStack`, even without users. */
export function keepRunning(stateFolder: string): void {
  writeFileSync(join(statePaths(stateFolder).users, KEPT), '');
}

export function stopKeeping(stateFolder: string): void {
  rmSync(join(statePaths(stateFolder).users, KEPT), { force: true });
}

/** Whether anyone uses the stack. Deletes the registrations of processes that have ended. */
export function isUsed(stateFolder: string): boolean {
  return neededLevel(stateFolder) !== undefined;
}

/**
 * What the users need of the stack. Deletes the registrations of processes that have ended.
 *
 * @returns undefined if nobody uses it.
 */
export function neededLevel(stateFolder: string): StackLevel | undefined {
  const { users } = statePaths(stateFolder);
  const needed: StackLevel[] = [];
  for (const name of registrations(users)) {
    const user = name === KEPT ? { needs: 'training' as const } : readUser(join(users, name));
    if (user) needed.push(user.needs);
    else rmSync(join(users, name), { force: true });
  }
  return highestLevel(needed);
}

/** @returns each user's command and process, and `up` if the stack is kept. */
export function listUsers(stateFolder: string): string[] {
  const { users } = statePaths(stateFolder);
  return registrations(users).flatMap((name) => {
    if (name === KEPT) return ['up'];
    const user = readUser(join(users, name));
    return user ? [`${user.command} (process ${user.pid})`] : [];
  });
}

// --- helpers ---

interface User extends ProcessIdentity {
  /** The command line without the program's name. */
  command: string;
  needs: StackLevel;
}

/** Without the queries of URLs, which are secrets if the URLs are presigned: `doctor` prints it. */
function commandLine(): string {
  const words = process.argv.slice(2);
  return words.map((word) => word.replace(/^(https?:[^?#]*)[?#].*$/s, '$1')).join(' ');
}

const KEPT = 'kept';

function registrations(users: string): string[] {
  // If the folder of a running stack is deleted, the stack counts as unused.
  return existsSync(users) ? readdirSync(users).filter((name) => !name.startsWith('.')) : [];
}

/** @returns undefined if the process has ended. */
function readUser(path: string): User | undefined {
  try {
    // Earlier versions wrote no `needs`, and always needed all.
    const user = { needs: 'training', ...JSON.parse(readFileSync(path, 'utf8')) } as User;
    return isRunning(user) ? user : undefined;
  } catch {
    return undefined;
  }
}
