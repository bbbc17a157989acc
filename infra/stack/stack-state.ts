import { identifySelf, type ProcessIdentity } from '../process-identity.ts';
import type { ManagedProcess } from '../servers/managed-process.ts';
import type { StackLevel } from './stack-level.ts';
import { readStateFile, statePaths, writeStateFile } from './state-folder.ts';

/** A stack's state, in `stack.json`. Only its supervisor writes it. */
export interface StackState {
  phase: 'starting' | 'ready' | 'stopping';
  /** How much of it is up when it is ready. It never falls. */
  level: StackLevel;
  /** ISO 8601. */
  startedAt: string;
  supervisor: ProcessIdentity;
  /** In the order of their start. */
  processes: { name: string; identity: ProcessIdentity; graceMs: number }[];
  ports: StackPorts;
  /** A configured store, used instead of the stack's own. */
  externalStore: { endpoint: string; bucket: string; region: string } | undefined;
}

export interface StackPorts {
  temporal: number;
  temporalUi: number;
  store: number;
  storeConsole: number;
}

/** @returns the state of the stack that is up, or of the last one. Undefined before the first. */
export function readStackState(stateFolder: string): StackState | undefined {
  const state = readStateFile<StackState>(statePaths(stateFolder).stack);
  // Stacks of earlier versions have no level: all of them is up.
  return state && { ...state, level: state.level ?? 'training' };
}

/** The state of this process's stack. Every change is written to `stack.json`. */
export class StateWriter {
  readonly #stateFolder: string;
  readonly #log: (line: string) => void;
  #state: StackState | undefined;

  constructor(stateFolder: string, log: (line: string) => void) {
    this.#stateFolder = stateFolder;
    this.#log = log;
  }

  /** @throws {Error} before `starting`. */
  get current(): StackState {
    if (!this.#state) throw new Error('the stack has no state before its start');
    return this.#state;
  }

  get phase(): StackState['phase'] | undefined {
    return this.#state?.phase;
  }

  /** @throws {Error} if it can't be written, as nobody would find the stack. */
  starting(ports: StackPorts, externalStore: StackState['externalStore']): void {
    this.#state = {
      phase: 'starting',
      level: 'servers',
      startedAt: new Date().toISOString(),
      supervisor: identifySelf(),
      processes: [],
      ports,
      externalStore,
    };
    this.#write();
  }

  /** @throws {Error} if it can't be written, as those who wait for it would wait forever. */
  ready(level = this.current.level): void {
    this.current.phase = 'ready';
    this.current.level = level;
    this.#write();
  }

  stopping(): void {
    if (!this.#state) return;
    this.#state.phase = 'stopping';
    this.#tryToWrite();
  }

  /** Adds a process, or replaces the one with its name, which has ended. */
  started({ launch: { name, graceMs }, identity }: ManagedProcess): void {
    const others = this.current.processes.filter((process) => process.name !== name);
    this.current.processes = [...others, { name, identity, graceMs }];
    this.#tryToWrite();
  }

  /** A failed write, on a full disk for example, must not keep a process from being restarted or stopped. */
  #tryToWrite(): void {
    try {
      this.#write();
    } catch (error) {
      this.#log(`stack.json was not written: ${(error as Error).message}`);
    }
  }

  #write(): void {
    writeStateFile(statePaths(this.#stateFolder).stack, this.#state);
  }
}
