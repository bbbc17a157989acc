import { setTimeout as pause } from 'node:timers/promises';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import { QUERY_WORKER, WORKER_PROGRAMS } from '../../workers/programs.ts';
import type { EmbeddedConfiguration } from '../configuration.ts';
import { endProcess, isRunning } from '../process-identity.ts';
import { projectRoot } from '../project.ts';
import { ensureNativeParts, trainerEnvironment } from '../setup/native-parts.ts';
import { UserError } from '../user-error.ts';
import { ownStore, stackAddresses } from './addresses.ts';
import { endLeftovers } from './leftovers.ts';
import type { StackOptions, StackWorkers } from './stack.ts';
import { includesLevel, type StackLevel } from './stack-level.ts';
import { readStackState, type StackState } from './stack-state.ts';
import { startSupervisor } from './start-supervisor.ts';
import { prepareStateFolder } from './state-folder.ts';
import { isUsed, keepRunning, neededLevel, registerUser } from './users.ts';
import { watchStack } from './watch-stack.ts';

export interface OpenStack {
  /** True if this call started it; false if it was already up. */
  startedHere: boolean;
  /** What of it is up: what was asked for, or more. */
  level: StackLevel;
  temporal: { address: string; namespace: string; uiUrl: string };
  store: StoreConfig & {
    /** MinIO's console. Undefined if the store isn't the stack's own. */
    consoleUrl: string | undefined;
  };
  /** Aborts if the stack is lost. The reason is a UserError that explains why and what to do. */
  lost: AbortSignal;
  /**
   * Ends this process's use of the stack, as the end of the process also does. The stack stops with its last user unless
   * it is kept.
   *
   * @returns whether the stack has stopped.
   */
  stop(): Promise<boolean>;
}

export interface OpenStackOptions {
  configuration: EmbeddedConfiguration;
  /** What the caller needs of it. */
  level: StackLevel;
  /** Keeps it running until `stopStack`, even without users. */
  keepAfterExit: boolean;
  /** Receives what the start is waiting for. */
  onProgress: (doing: string) => void;
  /** Default: this project's workers. */
  workers?: StackWorkers;
}

/**
 * Uses the state folder's stack if it is up. Otherwise installs the native parts that are missing and starts it. If the
 * stack that is up has too few workers, its supervisor starts the others.
 *
 * @throws {UserError} if the state folder can't be used, a process can't be started, or the stack that is up uses a
 *   store other than the configured one.
 */
export async function openStack(options: OpenStackOptions): Promise<OpenStack> {
  const { configuration, keepAfterExit, level } = options;
  const { stateFolder } = configuration;
  const onProgress = withoutRepeats(options.onProgress);
  prepareStateFolder(stateFolder, !configuration.store);
  const unregister = registerUser(stateFolder, level);
  try {
    let startedHere = false;
    let state = runningStack(stateFolder);
    while (state?.phase !== 'ready' || !includesLevel(state.level, level)) {
      if (state) {
        onProgress(WAITING_FOR[state.phase]);
        await pause(200);
      } else {
        startedHere = await startSupervisor(await stackOptions(options), onProgress);
        // The supervisor that came first has not written its state yet.
        if (!startedHere) await pause(200);
      }
      state = runningStack(stateFolder);
    }
    checkStore(configuration, state);
    if (keepAfterExit) keepRunning(stateFolder);
    const { signal: lost, unwatch } = watchStack(stateFolder, state);
    return {
      startedHere,
      level: state.level,
      ...describe(configuration, state),
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
 * Stops the stack of a state folder even if it is used, including processes that a killed supervisor has left.
 *
 * @returns whether any process was running.
 */
export async function stopStack(stateFolder: string): Promise<boolean> {
  const state = readStackState(stateFolder);
  if (!state) return false;
  const up = [state.supervisor, ...state.processes.map(({ identity }) => identity)].some(isRunning);
  // The supervisor needs time to stop its own processes.
  const graceMs = state.processes.reduce((total, process) => total + process.graceMs, 10_000);
  await endProcess(state.supervisor, graceMs);
  await endLeftovers(stateFolder);
  return up;
}

/** @returns undefined if the state folder has no stack that is up. */
export function stackStatus(stateFolder: string):
  | {
      phase: StackState['phase'];
      /** Whether it has the workers that train, or will have them. */
      trains: boolean;
    }
  | undefined {
  const state = runningStack(stateFolder);
  if (!state) return undefined;
  const { phase, level } = state;
  return { phase, trains: level === 'training' || neededLevel(stateFolder) === 'training' };
}

/** @returns a store that can be used without starting anything, or undefined if only a stack that is not up has it. */
export function availableStore(configuration: EmbeddedConfiguration): StoreConfig | undefined {
  if (configuration.store) return configuration.store;
  const state = runningStack(configuration.stateFolder);
  if (state?.phase !== 'ready' || state.externalStore) return undefined;
  return ownStore(configuration.stateFolder, state);
}

/** @returns the Temporal server of a stack that is up, or undefined if none is. */
export function availableTemporal({
  stateFolder,
}: EmbeddedConfiguration): { address: string; namespace: string } | undefined {
  const state = runningStack(stateFolder);
  return state?.phase === 'ready' ? stackAddresses(state).temporal : undefined;
}

// --- helpers ---

const WAITING_FOR = {
  starting: 'waiting for another process to start the stack',
  ready: 'waiting for the workers',
  stopping: 'waiting for the previous stack to stop',
};

function runningStack(stateFolder: string): StackState | undefined {
  const state = readStackState(stateFolder);
  return state && isRunning(state.supervisor) ? state : undefined;
}

async function stackOptions({
  configuration,
  level,
  workers = { queries: [QUERY_WORKER], training: Object.values(WORKER_PROGRAMS) },
}: OpenStackOptions): Promise<StackOptions> {
  const parts = await ensureNativeParts();
  return {
    stateFolder: configuration.stateFolder,
    projectRoot,
    binaries: { temporal: parts.temporal, minio: parts.minio },
    workers,
    level,
    workerEnvironment: trainerEnvironment(parts),
    externalStore: configuration.store,
  };
}

function checkStore({ store }: EmbeddedConfiguration, { externalStore }: StackState): void {
  const name = (each: { endpoint: string; bucket: string } | undefined) =>
    each ? `${each.endpoint}, bucket ${each.bucket}` : 'its own MinIO';
  if (name(store) === name(externalStore)) return;
  throw new UserError(
    `The running stack uses ${name(externalStore)}, but the configured store is ${name(store)}. ` +
      'Stop the stack first (npx staged-study down), or set S3_ENDPOINT as it was when the stack started.',
  );
}

function describe(
  { stateFolder, store }: EmbeddedConfiguration,
  state: StackState,
): Pick<OpenStack, 'temporal' | 'store'> {
  const { temporal, consoleUrl } = stackAddresses(state);
  if (store) return { temporal, store: { ...store, consoleUrl: undefined } };
  return { temporal, store: { ...ownStore(stateFolder, state), consoleUrl } };
}

/** Skips a message that equals the previous one. */
function withoutRepeats(say: (doing: string) => void): (doing: string) => void {
  let last: string | undefined;
  return (doing) => {
    if (doing !== last) say(doing);
    last = doing;
  };
}

/** Waits for the end of a stack without users. If its supervisor was killed, ends the processes that it has left. */
async function stoppedUnlessUsed(stateFolder: string): Promise<boolean> {
  while (!isUsed(stateFolder)) {
    if (!runningStack(stateFolder)) {
      await endLeftovers(stateFolder);
      return true;
    }
    await pause(100);
  }
  return false;
}
