import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { endProcess, identifyProcess, type ProcessIdentity } from '../process-identity.ts';
import { UserError } from '../user-error.ts';

export interface Launch {
  /** As people know it; in messages. */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Gets all that the process prints. */
  logFile: string;
  /** How long it may take to end after SIGTERM. */
  graceMs: number;
}

/** A child process that prints into a file, so that it does not depend on this one for its output. */
export interface ManagedProcess {
  launch: Launch;
  identity: ProcessIdentity;
  /** What this process, not an earlier one, has printed so far. */
  printed(): string;
  /** Resolves when it has ended, with how: `exit code 1`, `SIGKILL`. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** @throws UserError where the program can't be started */
export function launch(launch: Launch): ManagedProcess {
  rotate(launch.logFile);
  const log = openSync(launch.logFile, 'a', 0o600);
  const start = statSync(launch.logFile).size;
  const child = spawn(launch.command, launch.args, {
    env: launch.env,
    cwd: launch.cwd,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  if (child.pid === undefined) {
    throw new UserError(
      `${launch.name} can't be started: is ${launch.command} there, and may it be executed?`,
    );
  }
  // A process that has ended already was not yet collected by this one, so that its entry in /proc is still there.
  const identity = identifyProcess(child.pid) ?? { pid: child.pid, started: 'ended' };
  return {
    launch,
    identity,
    ended,
    printed: () => readFileSync(launch.logFile).subarray(start).toString('utf8'),
    async stop() {
      await endProcess(identity, launch.graceMs);
      await ended;
    },
  };
}

/**
 * Waits until a process answers.
 *
 * @param probe asked again until it resolves to true
 * @throws UserError where the process ends first or takes too long, with the last lines of its log
 */
export async function untilHealthy(
  started: ManagedProcess,
  probe: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  let end: string | undefined;
  void started.ended.then((how) => {
    end = how;
  });
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await probe()) return;
    if (end !== undefined) throw startError(started, `ended with ${end} while it was starting`);
    if (Date.now() > deadline) {
      await started.stop();
      throw startError(started, `did not answer within ${timeoutMs / 1000} s`);
    }
    await pause(100);
  }
}

// --- helpers ---

const largeLogBytes = 10_000_000;

function rotate(logFile: string): void {
  const found = statSync(logFile, { throwIfNoEntry: false });
  if (found && found.size > largeLogBytes) renameSync(logFile, `${logFile}.old`);
}

function startError({ launch, printed }: ManagedProcess, what: string): UserError {
  const lines = printed().trim().split('\n').slice(-10).join('\n');
  return new UserError(
    `${launch.name} ${what}. ${lines ? `It printed:\n${lines}\n` : ''}Its log: ${launch.logFile}`,
  );
}
