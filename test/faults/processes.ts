import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { identifyProcess } from '../../infra/process-identity.ts';
import { readStackState } from '../../infra/stack/stack-state.ts';

/** The name of a process of the stack, as its state has it. */
export type StackProcess = 'The Temporal server' | 'MinIO' | 'The control worker' | 'The training worker';

/** @returns the number of a running process, or undefined if it isn't running at the moment. */
export function pidOf(stateFolder: string, name: StackProcess | 'supervisor'): number | undefined {
  const state = readStackState(stateFolder);
  const identity =
    name === 'supervisor'
      ? state?.supervisor
      : state?.processes.find((process) => process.name === name)?.identity;
  return identity && identifyProcess(identity.pid)?.started === identity.started ? identity.pid : undefined;
}

/** The trainers of a stack's training worker. */
export function trainersOf(stateFolder: string): number[] {
  const worker = pidOf(stateFolder, 'The training worker');
  return processes().filter((pid) => parentOf(pid) === worker && /trainer\/main/.test(commandOf(pid)));
}

/** What still runs of a stack, as command lines: processes that have its folder in their arguments or environment. */
export function leftOf(stateFolder: string): string[] {
  return processes()
    .filter((pid) => pid !== process.pid && identifyProcess(pid) && isOf(pid, stateFolder))
    .map((pid) => `${pid} ${commandOf(pid).replaceAll('\0', ' ')}`);
}

// --- helpers ---

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function isOf(pid: number, stateFolder: string): boolean {
  const environment = read(pid, 'environ').split('\0');
  return (
    environment.includes(`STAGED_STUDY_STATE=${stateFolder}`) ||
    commandOf(pid).includes(stateFolder) ||
    isInside(pid, stateFolder)
  );
}

function isInside(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false;
  }
}

function parentOf(pid: number): number {
  const stat = read(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function commandOf(pid: number): string {
  return read(pid, 'cmdline');
}

/** @returns an empty text if the process has ended. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
