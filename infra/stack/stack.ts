import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StoreAddress } from '../configuration.ts';
import { identifySelf } from '../process-identity.ts';
import { ensureBucket } from './bucket.ts';
import type { Launch, ManagedProcess } from './managed-process.ts';
import { minioServerLaunch, untilMinioAnswers } from './minio-server.ts';
import { freePorts } from './ports.ts';
import { type Service, service } from './service.ts';
import {
  readOrMakeCredentials,
  readRecord,
  type StackPorts,
  type StackRecord,
  statePaths,
  writeRecord,
} from './state-folder.ts';
import {
  namespace,
  prepareNamespace,
  temporalServerLaunch,
  untilTemporalAnswers,
} from './temporal-server.ts';
import { untilWorkerReady, type WorkerScript, workerLaunch, workerLogName } from './worker.ts';

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

/** The addresses of a stack with these ports. */
export function stackAddresses(record: Pick<StackRecord, 'ports'>) {
  const { ports } = record;
  return {
    temporal: {
      address: `127.0.0.1:${ports.temporal}`,
      namespace,
      uiUrl: `http://127.0.0.1:${ports.temporalUi}`,
    },
    storeEndpoint: `http://127.0.0.1:${ports.store}`,
    consoleUrl: `http://127.0.0.1:${ports.storeConsole}`,
  };
}

/** The stack's own store, which its credentials file and ports describe. */
export function ownStore(stateFolder: string, record: Pick<StackRecord, 'ports'>): StoreAddress {
  const credentials = readOrMakeCredentials(stateFolder);
  return {
    endpoint: stackAddresses(record).storeEndpoint,
    ...credentials,
    bucket: 'staged-study',
    region: 'us-east-1',
  };
}

/** Servers and workers of one state folder, started and stopped together, and recorded in its `stack.json`. */
export class Stack {
  readonly #options: StackOptions;
  readonly #log: (line: string) => void;
  readonly #onProgress: (doing: string) => void;
  readonly #servers: Service[] = [];
  readonly #workers: Service[] = [];
  #record: StackRecord | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: StackOptions, log: (line: string) => void, onProgress: (doing: string) => void) {
    this.#options = options;
    this.#log = log;
    this.#onProgress = onProgress;
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
    this.#announceReady();
  }

  isStarting(): boolean {
    return this.#record?.phase === 'starting';
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
    this.#announceStop();
    if (!isUsed()) return true;
    this.#announceReady();
    return false;
  }

  /** Stops the workers, which still need the servers, and then those. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    this.#announceStop();
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  /** Another program may take a port between its choice and its use; then others are chosen. */
  async #startServers(starts: number): Promise<void> {
    const { stateFolder, externalStore } = this.#options;
    const { ports, replaced } = await choosePorts(stateFolder, !externalStore);
    if (replaced.length > 0) this.#onProgress(`ports that are taken are replaced: ${replaced.join(', ')}`);
    this.#record = newRecord(this.#options, ports);
    writeRecord(this.#options.stateFolder, this.#record);
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
    const started = service(launch, healthy, (process) => this.#recordProcess(process), this.#log);
    group.push(started);
    await started.start();
  }

  #recordProcess({ launch: { name, graceMs }, identity }: ManagedProcess): void {
    const record = this.#recorded();
    record.processes = [
      ...record.processes.filter((process) => process.name !== name),
      { name, identity, graceMs },
    ];
    this.#tryToWrite(record);
  }

  #announceStop(): void {
    if (!this.#record) return;
    this.#record.phase = 'stopping';
    this.#tryToWrite(this.#record);
  }

  #announceReady(): void {
    const record = this.#recorded();
    record.phase = 'ready';
    writeRecord(this.#options.stateFolder, record);
  }

  /** A record that can't be written (a full disk) must keep no process from being started again or stopped. */
  #tryToWrite(record: StackRecord): void {
    try {
      writeRecord(this.#options.stateFolder, record);
    } catch (error) {
      this.#log(`the record was not written: ${(error as Error).message}`);
    }
  }

  #recorded(): StackRecord {
    if (!this.#record) throw new Error('the stack has no record before its start');
    return this.#record;
  }

  #logFile(name: string): string {
    return join(statePaths(this.#options.stateFolder).logs, `${name}.log`);
  }
}

// --- helpers ---

const mostStarts = 3;

const usualPorts: StackPorts = { temporal: 7233, temporalUi: 8233, store: 9000, storeConsole: 9001 };

/**
 * The usual ports, those of the last time first, so that bookmarks stay good; others where both are taken.
 *
 * @returns also the usual ports that are replaced by others, of the store only if there is one
 */
async function choosePorts(
  stateFolder: string,
  ownStore: boolean,
): Promise<{ ports: StackPorts; replaced: string[] }> {
  const last = readRecord(stateFolder)?.ports;
  const wanted = (name: keyof StackPorts) => [last?.[name], usualPorts[name]];
  const ports = await freePorts({
    temporal: wanted('temporal'),
    temporalUi: wanted('temporalUi'),
    store: wanted('store'),
    storeConsole: wanted('storeConsole'),
  });
  const used = [
    'temporal',
    'temporalUi',
    ...(ownStore ? ['store', 'storeConsole'] : []),
  ] as (keyof StackPorts)[];
  const replaced = used.filter((name) => !wanted(name).includes(ports[name]));
  return { ports, replaced: replaced.map((name) => `${usualPorts[name]} by ${ports[name]}`) };
}

function newRecord({ externalStore }: StackOptions, ports: StackPorts): StackRecord {
  return {
    phase: 'starting',
    startedAt: new Date().toISOString(),
    supervisor: identifySelf(),
    processes: [],
    ports,
    externalStore: externalStore && {
      endpoint: externalStore.endpoint,
      bucket: externalStore.bucket,
      region: externalStore.region,
    },
  };
}
