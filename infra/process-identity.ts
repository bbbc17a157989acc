import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Identifies a process even if its number is used again later. */
export interface ProcessIdentity {
  pid: number;
  /** The machine's boot id and the process's start after boot, in clock ticks. */
  started: string;
}

/** @returns undefined if no such process is running. A zombie counts as ended. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in parentheses may itself contain spaces and parentheses. The state is the first field after it, the start
  // the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { pid, started: `${bootId()}:${fields[19]}` };
}

export function identifySelf(): ProcessIdentity {
  const self = identifyProcess(process.pid);
  if (!self) throw new Error("/proc/self/stat is not readable, so this process can't be identified");
  return self;
}

export function isRunning(target: ProcessIdentity): boolean {
  return identifyProcess(target.pid)?.started === target.started;
}

/**
 * Ends a process, which need not be a child: first SIGTERM, then SIGKILL.
 *
 * @param graceMs time between the two signals.
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
