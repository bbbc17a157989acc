import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Called when a trainer starts: what the kernel has killed up to now is another process. */
export function forgetOomKills(): void {
  told = oomKillCount();
}

/** Whether the kernel has killed a process for lack of memory, once for each. */
export function takeOomKill(): boolean {
  if (oomKillCount() <= told) return false;
  told++;
  return true;
}

/**
 * How many processes the kernel has killed for lack of memory: of this process's control group, or else of the machine.
 * 0 if the kernel doesn't say.
 *
 * @param root the folder of `proc/` and `sys/`.
 */
export function oomKillCount(root = '/'): number {
  const groups = readIfThere(join(root, 'proc/self/cgroup'));
  const [, unified] = /^0::(.*)$/m.exec(groups) ?? [];
  const [, memory] = /^\d+:(?:[^:]+,)?memory(?:,[^:]+)?:(.*)$/m.exec(groups) ?? [];
  const counters = [
    ...(unified ? [join('sys/fs/cgroup', unified, 'memory.events')] : []),
    ...(memory ? [join('sys/fs/cgroup/memory', memory, 'memory.oom_control')] : []),
    'proc/vmstat',
  ];
  for (const counter of counters) {
    const [, count] = /^oom_kill (\d+)$/m.exec(readIfThere(join(root, counter))) ?? [];
    if (count) return Number(count);
  }
  return 0;
}

// --- helpers ---

/** Kills that have been told, or that don't matter. */
let told = 0;

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
