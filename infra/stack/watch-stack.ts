import { isDeepStrictEqual } from 'node:util';
import { isRunning } from '../process-identity.ts';
import { UserError } from '../user-error.ts';
import { diskShortage } from './disk-space.ts';
import { readStackState, type StackState } from './stack-state.ts';
import { statePaths } from './state-folder.ts';

/**
 * Watches a stack while this process uses it.
 *
 * @param opened its state when it was opened.
 * @returns a signal that aborts when the stack is lost, with a UserError that gives the reason, and a function that ends
 *   the watch.
 */
export function watchStack(
  stateFolder: string,
  opened: StackState,
): { signal: AbortSignal; unwatch: () => void } {
  const lost = new AbortController();
  const check = () => {
    try {
      const why = describeLoss(stateFolder, opened);
      if (why) lost.abort(new UserError(why));
    } catch (error) {
      lost.abort(error);
    }
    if (lost.signal.aborted) clearInterval(timer);
  };
  const timer = setInterval(check, 500).unref();
  return { signal: lost.signal, unwatch: () => clearInterval(timer) };
}

// --- helpers ---

/** If only its supervisor was killed, a stack isn't lost: its servers and workers keep running. */
function describeLoss(stateFolder: string, opened: StackState): string | undefined {
  const state = readStackState(stateFolder);
  if (!state) return `The stack has lost its state folder ${stateFolder}.`;
  const supervised = isRunning(state.supervisor);
  const moved = !isDeepStrictEqual(state.ports, opened.ports);
  const isUp = supervised
    ? state.phase !== 'stopping'
    : state.processes.every(({ identity }) => isRunning(identity));
  if (isUp && !moved) return undefined;
  const shortage = diskShortage(stateFolder, 'start', !state.externalStore);
  if (shortage) {
    return `${shortage}, so the stack stops. Free some space and repeat the command to continue.`;
  }
  const again = 'Repeat the command to restart it and continue.';
  if (moved) return 'The stack was restarted at other addresses. Repeat the command to continue.';
  if (state.phase === 'stopping') return `The stack was told to stop. ${again}`;
  return `The stack has ended: its supervisor (process ${state.supervisor.pid}) was killed. ${again} Its logs: ${statePaths(stateFolder).logs}`;
}
