import { endProcess, isRunning } from '../process-identity.ts';
import { readRecord } from './stack-state.ts';

/**
 * Ends what a supervisor that was killed has left: its servers and workers, the last started first. Leaves a stack alone
 * whose supervisor runs. Two may do it at once, also while a new supervisor starts, which does it first of all: a record
 * names its own supervisor's processes alone.
 */
export async function endRemains(stateFolder: string): Promise<void> {
  const record = readRecord(stateFolder);
  if (!record || isRunning(record.supervisor)) return;
  for (const { identity, graceMs } of record.processes.toReversed()) await endProcess(identity, graceMs);
}
