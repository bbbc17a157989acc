import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** What the machine has done since it started. Times are in clock ticks, summed over its processors. */
export interface LoadSample {
  /** Wall time, seconds. */
  at: number;
  /** Time in which processors worked. */
  busy: number;
  /** Time in which processors waited for work. */
  idle: number;
  /** Work of one process and its descendants. */
  own: number;
}

/** What a measurement didn't get, as shares of the machine's time. */
export interface Disturbance {
  /** Taken by other processes. */
  others: number;
  /** In which the machine itself didn't run: its host gave the time to other machines. */
  lost: number;
}

/** Linux counts in this unit on every machine. */
const TICKS_PER_SECOND = 100;
const TOLERATED = 0.05;
const LONGEST_WAIT_SECONDS = 20;

/** @param root the process whose work, with its descendants', counts as own. */
export function readLoad(root: number): LoadSample {
  return {
    at: performance.now() / 1000,
    ...parseProcessorTimes(readFileSync('/proc/stat', 'utf8')),
    own: ownTicks(root),
  };
}

export function disturbanceBetween(
  before: LoadSample,
  after: LoadSample,
  processors = availableParallelism(),
): Disturbance {
  const capacity = (after.at - before.at) * processors * TICKS_PER_SECOND;
  const busy = after.busy - before.busy;
  const share = (ticks: number) => Math.min(1, Math.max(0, ticks / capacity));
  return {
    others: share(busy - (after.own - before.own)),
    lost: share(capacity - busy - (after.idle - before.idle)),
  };
}

export function isDisturbed({ others, lost }: Disturbance): boolean {
  return others + lost > TOLERATED;
}

/** Waits for a second without other work on the machine, but not for long. */
export async function untilQuiet(signal: AbortSignal): Promise<void> {
  for (let seconds = 0; seconds < LONGEST_WAIT_SECONDS; seconds++) {
    const before = readLoad(process.pid);
    await pause(1000, undefined, { signal });
    if (!isDisturbed(disturbanceBetween(before, readLoad(process.pid)))) return;
  }
}

/** @param stat the text of /proc/stat: user, nice, system, idle, iowait, irq, softirq; the rest is not the machine's time. */
export function parseProcessorTimes(stat: string): { busy: number; idle: number } {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number);
  if (!line || line.length < 7) throw new Error('/proc/stat: expected a line "cpu" of 7 numbers or more');
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0] = line;
  return { busy: user + nice + system + irq + softirq, idle: idle + iowait };
}

// --- helpers ---

interface ProcessTimes {
  parent: number;
  ticks: number;
}

function ownTicks(root: number): number {
  const processes = new Map<number, ProcessTimes>();
  for (const entry of readdirSync('/proc')) {
    const times = /^\d+$/.test(entry) ? readProcess(entry) : undefined;
    if (times) processes.set(Number(entry), times);
  }
  const isOwn = (pid: number): boolean => {
    for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) if (at === root) return true;
    return false;
  };
  let ticks = 0;
  for (const [pid, times] of processes) if (isOwn(pid)) ticks += times.ticks;
  return ticks;
}

function readProcess(pid: string): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name in parentheses: state, parent, …; the 12th to 15th are its own time and that of ended children.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + Number(value), 0);
    return { parent: Number(fields[1]), ticks };
  } catch {
    // It has ended in the meantime.
    return undefined;
  }
}
