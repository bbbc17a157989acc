import type { EmbeddedConfiguration } from '../configuration.ts';
import { diskOf, gigabytes } from '../disk.ts';
import type { Finding } from '../finding.ts';
import { isRunning } from '../process-identity.ts';
import { UserError } from '../user-error.ts';
import { stackAddresses } from './addresses.ts';
import { diskShortage } from './disk-space.ts';
import { readRecord, type StackRecord } from './stack-state.ts';
import { listUsers } from './users.ts';

/** Says what there is of a stack, and whether its disk has space, for `doctor`. */
export function inspectStack({ stateFolder, store }: EmbeddedConfiguration): Finding[] {
  return [inspectDisk(stateFolder, !store), inspectRecord(stateFolder)];
}

// --- helpers ---

function inspectDisk(stateFolder: string, ownStore: boolean): Finding {
  return {
    name: 'State folder',
    found: diskShortage(stateFolder, 'start', ownStore) === undefined,
    required: true,
    detail: `${stateFolder}, ${gigabytes(diskOf(stateFolder).freeBytes)} free on its disk`,
    howToGet: 'free some, or set STAGED_STUDY_STATE to a folder on another disk',
  };
}

function inspectRecord(stateFolder: string): Finding {
  const stack = { name: 'Stack', required: false };
  const absent = { ...stack, found: false, howToGet: 'npx staged-study run and up bring one up' };
  try {
    const record = readRecord(stateFolder);
    const running = record?.processes.some(({ identity }) => isRunning(identity)) ?? false;
    if (record && isRunning(record.supervisor)) {
      return { ...stack, found: true, detail: describe(stateFolder, record), howToGet: '' };
    }
    if (!running) return { ...absent, detail: 'not up' };
    return {
      ...absent,
      detail: 'not up, but servers or workers of one whose supervisor was killed still run',
      howToGet: 'the next start ends them; so does: npx staged-study down',
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...absent, detail: error.message };
  }
}

function describe(stateFolder: string, record: StackRecord): string {
  const { temporal, storeEndpoint, consoleUrl } = stackAddresses(record);
  const { externalStore, processes, phase, startedAt } = record;
  const ended = processes.filter(({ identity }) => !isRunning(identity)).map(({ name }) => name);
  return [
    `${phase}, since ${new Date(startedAt).toLocaleString('sv')}`,
    `Temporal ${temporal.address}, its UI ${temporal.uiUrl}`,
    externalStore ? `store ${externalStore.endpoint}` : `MinIO ${storeEndpoint}, its console ${consoleUrl}`,
    `used by ${listUsers(stateFolder).join(', ') || 'nobody'}`,
    ...(ended.length > 0 ? [`to be started again: ${ended.join(', ')}`] : []),
  ].join('; ');
}
