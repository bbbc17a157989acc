import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { endProcess, identifyProcess, type ProcessIdentity } from '../process-identity.ts';
import { UserError } from '../user-error.ts';

export interface Launch {
  /** For messages. */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Receives everything that the process prints. */
  logFile: string;
  /** How long it may take to end after SIGTERM before it is killed. */
  graceMs: number;
}

/** A child process that prints to a file, so its output doesn't depend on this process. */
export interface ManagedProcess {
  launch: Launch;
  identity: ProcessIdentity;
  /** What this process has printed so far, without the output of earlier ones in the same file. */
  printed(): string;
  /** Resolves when it has ended, with the reason: `exit code 1`, `SIGKILL`. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** @throws {UserError} if the program can't be started. */
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
      `${launch.name} can't be started. Check that ${launch.command} exists and is executable.`,
    );
  }
  // A child that has already ended is a zombie, which `identifyProcess` reports as undefined.
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
 * @param probe called repeatedly until it resolves to true.
 * @throws {UserError} if the process ends first or takes too long. The message has the lines of its log that say why.
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
    await pause(50);
  }
}

// --- helpers ---

const LARGE_LOG_BYTES = 10_000_000;

function rotate(logFile: string): void {
  const found = statSync(logFile, { throwIfNoEntry: false });
  if (found && found.size > LARGE_LOG_BYTES) renameSync(logFile, `${logFile}.old`);
}

function startError({ launch, printed }: ManagedProcess, what: string): UserError {
  const lines = excerpt(printed());
  return new UserError(
    `${launch.name} ${what}. ${lines ? `It printed:\n${lines}\n` : ''}Its log: ${launch.logFile}`,
  );
}

/** The last lines, or those from where a Go program says why it panics: a long stack trace follows. */
function excerpt(printed: string): string {
  const lines = printed.trim().split('\n');
  const panic = lines.findIndex((line) => line.startsWith('panic: '));
  return (panic < 0 ? lines.slice(-10) : lines.slice(panic, panic + 10)).join('\n');
}
