import type { EmbeddedConfiguration } from '../configuration.ts';
import { diskOf, gigabytes } from '../disk.ts';
import type { Finding } from '../finding.ts';
import { isRunning } from '../process-identity.ts';
import { UserError } from '../user-error.ts';
import { stackAddresses } from './addresses.ts';
import { diskShortage } from './disk-space.ts';
import { readStackState, type StackState } from './stack-state.ts';
import { listUsers } from './users.ts';

/** Reports whether a stack is up and its disk has space, for `doctor`. */
export function inspectStack({ stateFolder, store }: EmbeddedConfiguration): Finding[] {
  return [inspectDisk(stateFolder, !store), inspectState(stateFolder)];
}

// --- helpers ---

function inspectDisk(stateFolder: string, ownStore: boolean): Finding {
  return {
    name: 'State folder',
    found: diskShortage(stateFolder, 'start', ownStore) === undefined,
    required: true,
    detail: `${stateFolder}, ${gigabytes(diskOf(stateFolder).freeBytes)} free on its disk`,
    howToGet: 'free some space, or set STAGED_STUDY_STATE to a folder on another disk',
  };
}

function inspectState(stateFolder: string): Finding {
  const stack = { name: 'Stack', required: false };
  const absent = {
    ...stack,
    found: false,
    howToGet: 'start one: npx staged-study run or npx staged-study up',
  };
  try {
    const state = readStackState(stateFolder);
    const running = state?.processes.some(({ identity }) => isRunning(identity)) ?? false;
    if (state && isRunning(state.supervisor)) {
      return { ...stack, found: true, detail: describe(stateFolder, state), howToGet: '' };
    }
    if (!running) return { ...absent, detail: 'not up' };
    return {
      ...absent,
      detail: 'not up, but processes of a stack whose supervisor was killed are still running',
      howToGet: 'end them: npx staged-study down (the next start ends them too)',
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...absent, detail: error.message };
  }
}

function describe(stateFolder: string, state: StackState): string {
  const { temporal, storeEndpoint, consoleUrl } = stackAddresses(state);
  const { externalStore, processes, phase, level, startedAt } = state;
  const ended = processes.filter(({ identity }) => !isRunning(identity)).map(({ name }) => name);
  return [
    `${phase}, since ${new Date(startedAt).toLocaleString('sv')}`,
    `Temporal ${temporal.address}, its UI ${temporal.uiUrl}`,
    ...(level === 'training' ? [] : ['without workers that train']),
    externalStore ? `store ${externalStore.endpoint}` : `MinIO ${storeEndpoint}, its console ${consoleUrl}`,
    `used by ${listUsers(stateFolder).join(', ') || 'nobody'}`,
    ...(ended.length > 0 ? [`restarting: ${ended.join(', ')}`] : []),
  ].join('; ');
}
