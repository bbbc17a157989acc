import { setTimeout as pause } from 'node:timers/promises';
import type { EmbeddedConfiguration, StoreAddress } from '../configuration.ts';
import { endProcess, isRunning } from '../process-identity.ts';
import { compiledProgram, projectRoot } from '../project.ts';
import type { WorkerScript } from '../servers/worker.ts';
import { ensureNativeParts, trainerEnvironment } from '../setup/native-parts.ts';
import { UserError } from '../user-error.ts';
import { ownStore, stackAddresses } from './addresses.ts';
import { watchForLoss } from './loss.ts';
import { endRemains } from './remains.ts';
import type { StackOptions } from './stack.ts';
import { readRecord, type StackRecord } from './stack-state.ts';
import { startSupervisor } from './start-supervisor.ts';
import { prepareStateFolder } from './state-folder.ts';
import { isUsed, keepRunning, registerUser } from './users.ts';

export interface OpenStack {
  /** Whether this call started it, rather than found it up. */
  startedHere: boolean;
  temporal: { address: string; namespace: string; uiUrl: string };
  store: StoreAddress & {
    /** MinIO's console; none where the store is not the stack's own. */
    consoleUrl: string | undefined;
  };
  /** Aborts when the stack is gone while it is used; its reason is a UserError that says why and what to do. */
  lost: AbortSignal;
  /**
   * Ends this process's use of the stack, which stops with its last user unless it is kept; so does the end of the
   * process.
   *
   * @returns whether the stack was stopped
   */
  stop(): Promise<boolean>;
}

export interface OpenStackOptions {
  configuration: EmbeddedConfiguration;
  /** Let it run until `stopStack`, whoever uses it. */
  keepAfterExit: boolean;
  /** Told what the start is waiting for. */
  onProgress: (doing: string) => void;
  /** This project's workers, unless given. */
  workers?: readonly WorkerScript[];
}

/**
 * Uses the state folder's stack if it is up, and else starts it, native parts included.
 *
 * @throws UserError where the state folder can't be used, a part can't be started, or the stack that is up uses
 *   another store than the one configured
 */
export async function openStack(options: OpenStackOptions): Promise<OpenStack> {
  const { configuration, keepAfterExit } = options;
  const { stateFolder } = configuration;
  const onProgress = sayingOnce(options.onProgress);
  prepareStateFolder(stateFolder, !configuration.store);
  const unregister = registerUser(stateFolder);
  try {
    let startedHere = false;
    let record = runningStack(stateFolder);
    while (record?.phase !== 'ready') {
      if (record) {
        onProgress(
          record.phase === 'starting'
            ? 'waiting for a start elsewhere'
            : 'waiting for the last stack to stop',
        );
        await pause(200);
      } else {
        startedHere = await startSupervisor(await stackOptions(options), onProgress);
        // The one that was faster has not written its record yet.
        if (!startedHere) await pause(200);
      }
      record = runningStack(stateFolder);
    }
    checkStore(configuration, record);
    if (keepAfterExit) keepRunning(stateFolder);
    const { signal: lost, unwatch } = watchForLoss(stateFolder, record);
    return {
      startedHere,
      ...describe(configuration, record),
      lost,
      async stop() {
        unwatch();
        unregister();
        return stoppedUnlessUsed(stateFolder);
      },
    };
  } catch (error) {
    unregister();
    throw error;
  }
}

/**
 * Stops the stack of a state folder, whoever uses it, and what a killed supervisor has left.
 *
 * @returns whether anything was up.
 */
export async function stopStack(stateFolder: string): Promise<boolean> {
  const record = readRecord(stateFolder);
  if (!record) return false;
  const up = [record.supervisor, ...record.processes.map(({ identity }) => identity)].some(isRunning);
  // More than the supervisor needs for its own processes.
  const graceMs = record.processes.reduce((total, process) => total + process.graceMs, 10_000);
  await endProcess(record.supervisor, graceMs);
  await endRemains(stateFolder);
  return up;
}

/** @returns how far the stack of a state folder is; undefined where none is up. */
export function stackStatus(stateFolder: string): StackRecord['phase'] | undefined {
  return runningStack(stateFolder)?.phase;
}

// --- helpers ---

const projectWorkers: readonly WorkerScript[] = [
  { name: 'The control worker', path: compiledProgram('workers/control-main') },
  { name: 'The training worker', path: compiledProgram('workers/training-main') },
];

function runningStack(stateFolder: string): StackRecord | undefined {
  const record = readRecord(stateFolder);
  return record && isRunning(record.supervisor) ? record : undefined;
}

async function stackOptions({
  configuration,
  workers = projectWorkers,
}: OpenStackOptions): Promise<StackOptions> {
  const parts = await ensureNativeParts();
  return {
    stateFolder: configuration.stateFolder,
    projectRoot,
    binaries: { temporal: parts.temporal, minio: parts.minio },
    workers,
    workerEnvironment: trainerEnvironment(parts),
    externalStore: configuration.store,
  };
}

function checkStore({ store }: EmbeddedConfiguration, { externalStore }: StackRecord): void {
  const name = (each: { endpoint: string; bucket: string } | undefined) =>
    each ? `${each.endpoint}, bucket ${each.bucket}` : 'its own MinIO';
  if (name(store) === name(externalStore)) return;
  throw new UserError(
    `The stack that is up uses ${name(externalStore)}, but configured is ${name(store)}. ` +
      'Stop it first (npx staged-study down), or set or unset S3_ENDPOINT as when it was started.',
  );
}

function describe(
  { stateFolder, store }: EmbeddedConfiguration,
  record: StackRecord,
): Pick<OpenStack, 'temporal' | 'store'> {
  const { temporal, consoleUrl } = stackAddresses(record);
  if (store) return { temporal, store: { ...store, consoleUrl: undefined } };
  return { temporal, store: { ...ownStore(stateFolder, record), consoleUrl } };
}

/** Leaves out what was said last. */
function sayingOnce(say: (doing: string) => void): (doing: string) => void {
  let last: string | undefined;
  return (doing) => {
    if (doing !== last) say(doing);
    last = doing;
  };
}

/** Waits for the end of a stack that nobody uses any more, and ends what its supervisor, if that was killed, has left. */
async function stoppedUnlessUsed(stateFolder: string): Promise<boolean> {
  while (!isUsed(stateFolder)) {
    if (!runningStack(stateFolder)) {
      await endRemains(stateFolder);
      return true;
    }
    await pause(100);
  }
  return false;
}
