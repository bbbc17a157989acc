import { isDeepStrictEqual } from 'node:util';
import { isRunning } from '../process-identity.ts';
import { UserError } from '../user-error.ts';
import { diskShortage } from './disk-space.ts';
import { readRecord, type StackRecord } from './stack-state.ts';
import { statePaths } from './state-folder.ts';

/**
 * Watches a stack that is in use.
 *
 * @param opened its record when it was opened
 * @returns a signal that aborts when the stack is no longer there, its reason a UserError that says why; and what ends
 *   the watching
 */
export function watchForLoss(
  stateFolder: string,
  opened: StackRecord,
): { signal: AbortSignal; unwatch: () => void } {
  const lost = new AbortController();
  const look = () => {
    try {
      const why = loss(stateFolder, opened);
      if (why) lost.abort(new UserError(why));
    } catch (error) {
      lost.abort(error);
    }
    if (lost.signal.aborted) clearInterval(timer);
  };
  const timer = setInterval(look, 500).unref();
  return { signal: lost.signal, unwatch: () => clearInterval(timer) };
}

// --- helpers ---

/** A stack whose supervisor alone was killed is not lost: its servers and workers go on. */
function loss(stateFolder: string, opened: StackRecord): string | undefined {
  const record = readRecord(stateFolder);
  if (!record) return `The stack has lost its state folder ${stateFolder}.`;
  const supervised = isRunning(record.supervisor);
  const moved = !isDeepStrictEqual(record.ports, opened.ports);
  const whole = supervised
    ? record.phase !== 'stopping'
    : record.processes.every(({ identity }) => isRunning(identity));
  if (whole && !moved) return undefined;
  const shortage = diskShortage(stateFolder, 'start', !record.externalStore);
  if (shortage) {
    return `${shortage}, so the stack stops. Free some; then the same command goes on.`;
  }
  const again = 'The same command again brings it up and goes on.';
  if (moved) return `The stack was started anew, at other addresses. ${again}`;
  if (record.phase === 'stopping') return `The stack was told to stop. ${again}`;
  return `The stack has ended: its supervisor (process ${record.supervisor.pid}) was killed. ${again} Its logs: ${statePaths(stateFolder).logs}`;
}
