import { readdirSync, readFileSync } from 'node:fs';
import { identifyProcess, type ProcessIdentity } from '../../infra/process-identity.ts';

/** The running trainers that a process has started. */
export function trainersOf(parent: number): ProcessIdentity[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || !isTrainerOf(pid, parent)) return [];
    return identifyProcess(pid) ?? [];
  });
}

// --- helpers ---

function isTrainerOf(pid: number, parent: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    if (!status.includes(`\nPPid:\t${parent}\n`)) return false;
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('trainer/main.js');
  } catch {
    // The process has ended.
    return false;
  }
}
