import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StoreAddress } from '../configuration.ts';
import type { Launch, ManagedProcess } from '../servers/managed-process.ts';
import { minioServerLaunch, untilMinioAnswers } from '../servers/minio-server.ts';
import { type Service, service } from '../servers/service.ts';
import { prepareNamespace, temporalServerLaunch, untilTemporalAnswers } from '../servers/temporal-server.ts';
import { untilWorkerReady, type WorkerScript, workerLaunch, workerLogName } from '../servers/worker.ts';
import { choosePorts, ownStore, stackAddresses } from './addresses.ts';
import { ensureBucket } from './bucket.ts';
import { readOrMakeCredentials } from './credentials.ts';
import { RecordKeeper, type StackPorts, type StackRecord } from './stack-state.ts';
import { statePaths } from './state-folder.ts';

export interface StackOptions {
  stateFolder: string;
  projectRoot: string;
  binaries: { temporal: string; minio: string };
  workers: readonly WorkerScript[];
  /** Added to the workers' environment; see `trainerEnvironment`. */
  workerEnvironment: Record<string, string>;
  /** Used instead of a MinIO of the stack's own. */
  externalStore: StoreAddress | undefined;
}

/** Servers and workers of one state folder, started and stopped together, and recorded in its `stack.json`. */
export class Stack {
  readonly #options: StackOptions;
  readonly #log: (line: string) => void;
  readonly #onProgress: (doing: string) => void;
  readonly #servers: Service[] = [];
  readonly #workers: Service[] = [];
  readonly #record: RecordKeeper;
  #stopped: Promise<void> | undefined;

  constructor(options: StackOptions, log: (line: string) => void, onProgress: (doing: string) => void) {
    this.#options = options;
    this.#log = log;
    this.#onProgress = onProgress;
    this.#record = new RecordKeeper(options.stateFolder, log);
  }

  /** @throws UserError where a part can't be started */
  async start(): Promise<void> {
    const { stateFolder, externalStore, workers } = this.#options;
    if (externalStore) await ensureBucket(externalStore);
    else readOrMakeCredentials(stateFolder);
    this.#onProgress(
      externalStore ? 'starting the Temporal server' : 'starting the Temporal server and MinIO',
    );
    await this.#startServers(mostStarts);
    this.#onProgress('starting the workers');
    const store = externalStore ?? ownStore(stateFolder, this.#recorded());
    await Promise.all(workers.map((worker) => this.#startWorker(worker, store)));
    this.#record.ready();
  }

  isStarting(): boolean {
    return this.#record.phase === 'starting';
  }

  /** Makes a start that is under way fail soon. */
  async abandonStart(): Promise<void> {
    if (this.isStarting()) await this.stop();
  }

  /**
   * Announces the stop before it looks once more: who registers as a user and then reads that the stack is ready can
   * rely on it.
   *
   * @returns whether the stack is to be stopped now
   */
  announceStopUnlessUsed(isUsed: () => boolean): boolean {
    if (isUsed()) return false;
    this.#record.stopping();
    if (!isUsed()) return true;
    this.#record.ready();
    return false;
  }

  /** Stops the workers, which still need the servers, and then those. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    this.#record.stopping();
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  /** Another program may take a port between its choice and its use; then others are chosen. */
  async #startServers(starts: number): Promise<void> {
    const { stateFolder, externalStore } = this.#options;
    const { ports, replaced } = await choosePorts(stateFolder, !externalStore);
    if (replaced.length > 0) this.#onProgress(`ports that are taken are replaced: ${replaced.join(', ')}`);
    this.#record.starting(ports, externalStore && withoutCredentials(externalStore));
    const started = await Promise.allSettled([
      this.#startTemporal(ports),
      ...(this.#options.externalStore ? [] : [this.#startMinio(ports)]),
    ]);
    const failure = started.find((each) => each.status === 'rejected');
    if (!failure) return;
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
    const again = await choosePorts(stateFolder, !externalStore);
    // Who took a port may have given it back by now.
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
    await ensureBucket(store);
  }

  async #startWorker(script: WorkerScript, store: StoreAddress): Promise<void> {
    const launch = workerLaunch(script, {
      projectRoot: this.#options.projectRoot,
      temporal: stackAddresses(this.#recorded()).temporal,
      store,
      environment: {
        ...this.#options.workerEnvironment,
        // The study's page in the Temporal UI links there; a store of somebody else's may have no such pages.
        ...(this.#options.externalStore
          ? {}
          : { STAGED_STUDY_OBJECTS_URL: stackAddresses(this.#recorded()).consoleUrl }),
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
    if (this.#stopped) throw new Error(`${launch.name} is not started: the stack is stopping`);
    const started = service(launch, healthy, (process) => this.#record.started(process), this.#log);
    group.push(started);
    await started.start();
  }

  #recorded(): StackRecord {
    return this.#record.current;
  }

  #logFile(name: string): string {
    return join(statePaths(this.#options.stateFolder).logs, `${name}.log`);
  }
}

// --- helpers ---

const mostStarts = 3;

function withoutCredentials({ endpoint, bucket, region }: StoreAddress): StackRecord['externalStore'] {
  return { endpoint, bucket, region };
}
