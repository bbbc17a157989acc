import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ensureBucket } from '../../storage/minio/bucket.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import { probeConditionalWrites } from '../../storage/minio/probe.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { Launch, ManagedProcess } from '../servers/managed-process.ts';
import { minioServerLaunch, untilMinioAnswers } from '../servers/minio-server.ts';
import { type Service, service } from '../servers/service.ts';
import { prepareNamespace, temporalServerLaunch, untilTemporalAnswers } from '../servers/temporal-server.ts';
import { untilWorkerReady, type WorkerScript, workerLaunch, workerLogName } from '../servers/worker.ts';
import { UserError } from '../user-error.ts';
import { choosePorts, ownStore, stackAddresses } from './addresses.ts';
import { readOrMakeCredentials } from './credentials.ts';
import { includesLevel, type StackLevel } from './stack-level.ts';
import { type StackPorts, type StackState, StateWriter } from './stack-state.ts';
import { statePaths } from './state-folder.ts';

export interface StackOptions {
  stateFolder: string;
  projectRoot: string;
  binaries: { temporal: string; minio: string };
  workers: StackWorkers;
  /** What its first user needs. */
  level: StackLevel;
  /** Added to the workers' environment; see `trainerEnvironment`. */
  workerEnvironment: Record<string, string>;
  /** Used instead of the stack's own MinIO. */
  externalStore: StoreConfig | undefined;
}

export interface StackWorkers {
  /** Answer queries and execute no activity. Not needed by a stack that trains. */
  queries: readonly WorkerScript[];
  training: readonly WorkerScript[];
}

/** The servers and workers of a state folder, started and stopped together. Their state is in its `stack.json`. */
export class Stack {
  readonly #options: StackOptions;
  readonly #log: (line: string) => void;
  readonly #onProgress: (doing: string) => void;
  readonly #servers: Service[] = [];
  readonly #workers: Service[] = [];
  readonly #state: StateWriter;
  #isRaising = false;
  #stopped: Promise<void> | undefined;

  constructor(options: StackOptions, log: (line: string) => void, onProgress: (doing: string) => void) {
    this.#options = options;
    this.#log = log;
    this.#onProgress = onProgress;
    this.#state = new StateWriter(options.stateFolder, log);
  }

  /** @throws {UserError} if the store can't be used or a process can't be started. */
  async start(): Promise<void> {
    const { stateFolder, externalStore, level } = this.#options;
    if (externalStore) await openBucket(externalStore, probeConditionalWrites);
    else readOrMakeCredentials(stateFolder);
    this.#onProgress(
      externalStore ? 'starting the Temporal server' : 'starting the Temporal server and MinIO',
    );
    await this.#startServers(MOST_STARTS);
    await this.#startWorkers(level);
    this.#state.ready(level);
  }

  /**
   * Starts the workers that a level needs if they aren't up.
   *
   * @throws {UserError} if one can't be started.
   */
  async raiseTo(level: StackLevel): Promise<void> {
    if (includesLevel(this.#state.current.level, level)) return;
    this.#isRaising = true;
    try {
      await this.#startWorkers(level);
    } finally {
      this.#isRaising = false;
    }
    this.#state.ready(level);
  }

  isStarting(): boolean {
    return this.#state.phase === 'starting' || this.#isRaising;
  }

  /** Makes a start in progress fail soon. */
  async abandonStart(): Promise<void> {
    if (this.isStarting()) await this.stop();
  }

  /**
   * Announces the stop and then checks for users again, so that a process that registers as a user and then reads that
   * the stack is ready can rely on it.
   *
   * @returns whether to stop the stack now.
   */
  announceStopUnlessUsed(isUsed: () => boolean): boolean {
    if (isUsed()) return false;
    this.#state.stopping();
    if (!isUsed()) return true;
    this.#state.ready();
    return false;
  }

  /** Stops first the workers, which still need the servers, and then the servers. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    this.#state.stopping();
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  /** Chooses other ports if another program takes one between its choice and its use. */
  async #startServers(starts: number): Promise<void> {
    const { stateFolder, externalStore } = this.#options;
    const { ports, replaced } = await choosePorts(stateFolder, !externalStore);
    if (replaced.length > 0) this.#onProgress(`replacing ports that are taken: ${replaced.join(', ')}`);
    this.#state.starting(ports, externalStore && withoutCredentials(externalStore));
    const started = await Promise.allSettled([
      this.#startTemporal(ports),
      ...(this.#options.externalStore ? [] : [this.#startMinio(ports)]),
    ]);
    const failure = started.find((each) => each.status === 'rejected');
    if (!failure) return;
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
    const again = await choosePorts(stateFolder, !externalStore);
    // The other program may have released the port by now.
    const portTaken = /in use/.test(String(failure.reason)) || !isDeepStrictEqual(again.ports, ports);
    if (this.#stopped || starts === 1 || !portTaken) throw failure.reason;
    await this.#startServers(starts - 1);
  }

  async #startTemporal(ports: StackPorts): Promise<void> {
    const launch = temporalServerLaunch({
      binary: this.#options.binaries.temporal,
      port: ports.temporal,
      uiPort: ports.temporalUi,
      databaseFile: statePaths(this.#options.stateFolder).database,
      logFile: this.#logFile('temporal'),
    });
    await this.#startService(this.#servers, launch, (started) =>
      untilTemporalAnswers(started, ports.temporal),
    );
    await prepareNamespace(stackAddresses({ ports }).temporal.address);
  }

  async #startMinio(ports: StackPorts): Promise<void> {
    const store = ownStore(this.#options.stateFolder, { ports });
    const launch = minioServerLaunch({
      binary: this.#options.binaries.minio,
      folder: statePaths(this.#options.stateFolder).objects,
      port: ports.store,
      consolePort: ports.storeConsole,
      credentials: store,
      logFile: this.#logFile('minio'),
    });
    await this.#startService(this.#servers, launch, (started) => untilMinioAnswers(started, ports.store));
    await openBucket(store);
  }

  /** A worker for queries that is already up stays beside those that train: it does no harm. */
  async #startWorkers(level: StackLevel): Promise<void> {
    if (level === 'servers') return;
    this.#onProgress(level === 'queries' ? 'starting a worker that only answers' : 'starting the workers');
    const { stateFolder, externalStore, workers } = this.#options;
    const store = externalStore ?? ownStore(stateFolder, this.#state.current);
    await Promise.all(workers[level].map((worker) => this.#startWorker(worker, store)));
  }

  async #startWorker(script: WorkerScript, store: StoreConfig): Promise<void> {
    const launch = workerLaunch(script, {
      projectRoot: this.#options.projectRoot,
      temporal: stackAddresses(this.#state.current).temporal,
      store,
      environment: {
        ...this.#options.workerEnvironment,
        // The study's page in the Temporal UI links to the console. Other stores may have none.
        ...(this.#options.externalStore
          ? {}
          : { STAGED_STUDY_OBJECTS_URL: stackAddresses(this.#state.current).consoleUrl }),
      },
      logFile: this.#logFile(workerLogName(script)),
    });
    await this.#startService(this.#workers, launch, untilWorkerReady);
  }

  async #startService(
    group: Service[],
    launch: Launch,
    healthy: (started: ManagedProcess) => Promise<void>,
  ): Promise<void> {
    if (this.#stopped) throw new Error(`${launch.name} was not started because the stack is stopping`);
    const started = service(launch, healthy, (process) => this.#state.started(process), this.#log);
    group.push(started);
    await started.start();
  }

  #logFile(name: string): string {
    return join(statePaths(this.#options.stateFolder).logs, `${name}.log`);
  }
}

// --- helpers ---

const MOST_STARTS = 3;

/**
 * @param check what else to find out of a store that others run, before anything is started.
 * @throws {UserError} if the store can't be used.
 */
async function openBucket(
  store: StoreConfig,
  check: (store: ObjectStore) => Promise<void> = async () => {},
): Promise<void> {
  try {
    await ensureBucket(store);
    await check(createMinioStore(store));
  } catch (cause) {
    throw new UserError((cause as Error).message, { cause });
  }
}

function withoutCredentials({ endpoint, bucket, region }: StoreConfig): StackState['externalStore'] {
  return { endpoint, bucket, region };
}
