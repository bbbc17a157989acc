import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A process that is told apart from a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** The machine's boot and the process's start within it (clock ticks). */
  started: string;
}

/** @returns undefined where no such process runs; one that has ended but was not yet collected counts as ended. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in parentheses may hold spaces and parentheses; state is the first field after it, start the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { pid, started: `${bootId()}:${fields[19]}` };
}

export function identifySelf(): ProcessIdentity {
  const self = identifyProcess(process.pid);
  if (!self) throw new Error('/proc/self is not readable, and the identity of processes comes from there');
  return self;
}

export function isRunning(target: ProcessIdentity): boolean {
  return identifyProcess(target.pid)?.started === target.started;
}

/**
 * Ends a process that need not be a child: SIGTERM, and SIGKILL when it has not ended in time.
 *
 * @param graceMs how long it may take after SIGTERM
 */
export async function endProcess(target: ProcessIdentity, graceMs: number): Promise<void> {
  signal(target, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (isRunning(target) && Date.now() < deadline) await pause(50);
  signal(target, 'SIGKILL');
  while (isRunning(target)) await pause(20);
}

// --- helpers ---

function signal(target: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

let boot: string | undefined;
function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return boot;
}
