import { endProcess, isRunning } from '../process-identity.ts';
import { readStackState } from './stack-state.ts';

/**
 * Ends the servers and workers of a supervisor that was killed, last started first. Does nothing if the supervisor is
 * running. Several processes may call this at the same time, even while a new supervisor starts: the state file names
 * only its own supervisor's processes.
 */
export async function endLeftovers(stateFolder: string): Promise<void> {
  const state = readStackState(stateFolder);
  if (!state || isRunning(state.supervisor)) return;
  for (const { identity, graceMs } of state.processes.toReversed()) await endProcess(identity, graceMs);
}
