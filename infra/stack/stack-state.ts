import { identifySelf, type ProcessIdentity } from '../process-identity.ts';
import type { ManagedProcess } from '../servers/managed-process.ts';
import { readStateFile, statePaths, writeStateFile } from './state-folder.ts';

/** What is known of a stack: in `stack.json`, written by its supervisor alone. */
export interface StackRecord {
  phase: 'starting' | 'ready' | 'stopping';
  /** ISO 8601. */
  startedAt: string;
  supervisor: ProcessIdentity;
  /** In the order of their start. */
  processes: { name: string; identity: ProcessIdentity; graceMs: number }[];
  ports: StackPorts;
  /** A store that is not the stack's own. */
  externalStore: { endpoint: string; bucket: string; region: string } | undefined;
}

export interface StackPorts {
  temporal: number;
  temporalUi: number;
  store: number;
  storeConsole: number;
}

/** @returns the record of the stack that is up, or of the last one; undefined before the first. */
export function readRecord(stateFolder: string): StackRecord | undefined {
  return readStateFile<StackRecord>(statePaths(stateFolder).record);
}

/** The record of this process's stack, written at every change. */
export class RecordKeeper {
  readonly #stateFolder: string;
  readonly #log: (line: string) => void;
  #record: StackRecord | undefined;

  constructor(stateFolder: string, log: (line: string) => void) {
    this.#stateFolder = stateFolder;
    this.#log = log;
  }

  /** @throws where a start has not begun */
  get current(): StackRecord {
    if (!this.#record) throw new Error('the stack has no record before its start');
    return this.#record;
  }

  get phase(): StackRecord['phase'] | undefined {
    return this.#record?.phase;
  }

  /** @throws where it can't be written: nobody would find the stack */
  starting(ports: StackPorts, externalStore: StackRecord['externalStore']): void {
    this.#record = {
      phase: 'starting',
      startedAt: new Date().toISOString(),
      supervisor: identifySelf(),
      processes: [],
      ports,
      externalStore,
    };
    this.#write();
  }

  /** @throws where it can't be written: those who wait for it would wait for ever */
  ready(): void {
    this.current.phase = 'ready';
    this.#write();
  }

  stopping(): void {
    if (!this.#record) return;
    this.#record.phase = 'stopping';
    this.#tryToWrite();
  }

  /** Adds a process, or replaces the one of its name that has ended. */
  started({ launch: { name, graceMs }, identity }: ManagedProcess): void {
    const others = this.current.processes.filter((process) => process.name !== name);
    this.current.processes = [...others, { name, identity, graceMs }];
    this.#tryToWrite();
  }

  /** A record that can't be written (a full disk) must keep no process from being started again or stopped. */
  #tryToWrite(): void {
    try {
      this.#write();
    } catch (error) {
      this.#log(`the record was not written: ${(error as Error).message}`);
    }
  }

  #write(): void {
    writeStateFile(statePaths(this.#stateFolder).record, this.#record);
  }
}
