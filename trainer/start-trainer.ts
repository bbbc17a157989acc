import { type ChildProcess, fork } from 'node:child_process';
import { compiledProgram } from '../infra/project.ts';
import { processEnvironment } from './environment.ts';
import { LogTail } from './log-tail.ts';
import {
  type Answer,
  type AnyJob,
  type Job,
  type JobKind,
  type TrainerCommand,
  type TrainerEnd,
  TrainerError,
  type TrainerEvent,
  type TrainerMessage,
} from './protocol.ts';

export interface TrainerOptions {
  /** CPU threads that TensorFlow uses, those of the trial: default 1. Results depend on them in their last bits. */
  threads?: number;
  /** Added to this process's environment: the paths of TensorFlow's libraries, and the store's address. */
  env?: Record<string, string>;
  onEvent?: (event: TrainerEvent) => void;
  /** Takes the end of the trainer's output once the process has ended, whether or not it succeeded. */
  onLog?: (log: string) => Promise<void>;
  signal?: AbortSignal;
  /** How long an aborted trainer may take to end by itself before it is killed: default 5,000. */
  stopGraceMs?: number;
}

export type StartTrainer = typeof startTrainer;

/**
 * Starts a trainer, a process that does one job, and waits until it has ended.
 *
 * @throws {TrainerError} if the trainer can't be started, fails, or dies.
 * @throws the reason of `signal` if it aborts, once the process has ended.
 */
export async function startTrainer<Kind extends JobKind>(
  job: Job<Kind>,
  { threads = 1, env, onEvent, onLog, signal, stopGraceMs = 5_000 }: TrainerOptions = {},
): Promise<Answer<Kind>> {
  signal?.throwIfAborted();
  const child = fork(TRAINER, [], {
    env: { ...process.env, ...processEnvironment(threads), ...env },
    // Options such as a loader for TypeScript are for the parent alone.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // JSON would turn a loss of NaN into null.
    serialization: 'advanced',
  });
  const log = new LogTail(child);
  const stop = () => stopTrainer(child, stopGraceMs);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const end = await untilEnd(child, job as AnyJob, onEvent);
    signal?.throwIfAborted();
    if (end?.kind === 'done') return end.answer as Answer<Kind>;
    throw end?.kind === 'failed' ? new TrainerError(end.failure, end.message) : died(child, log);
  } finally {
    signal?.removeEventListener('abort', stop);
    await onLog?.(log.text());
  }
}

// --- helpers ---

const TRAINER = compiledProgram('trainer/main');

/** Resolves when the process has ended: with the trainer's last message, or undefined if it died before that. */
function untilEnd(
  child: ChildProcess,
  job: AnyJob,
  onEvent: TrainerOptions['onEvent'],
): Promise<TrainerEnd | undefined> {
  return new Promise((resolve, reject) => {
    let end: TrainerEnd | undefined;
    child.on('message', (message: TrainerMessage) => {
      if (isEnd(message)) end = message;
      else onEvent?.(message);
    });
    child.on('error', (cause) =>
      reject(new TrainerError('TrainerFailed', `the trainer can't be started: ${cause.message}`, { cause })),
    );
    child.once('close', () => resolve(end));
    send(child, { kind: 'start', job });
  });
}

function isEnd(message: TrainerMessage): message is TrainerEnd {
  return message.kind === 'done' || message.kind === 'stopped' || message.kind === 'failed';
}

function stopTrainer(child: ChildProcess, graceMs: number): void {
  send(child, { kind: 'stop' });
  // It may be inside a long native call, or hang.
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(timer));
}

/** A process that has just died can't take the command; `close` follows and says how it ended. */
function send(child: ChildProcess, command: TrainerCommand): void {
  child.send(command, () => {});
}

function died(child: ChildProcess, log: LogTail): TrainerError {
  const how = child.signalCode ? `was killed by ${child.signalCode}` : `exited with code ${child.exitCode}`;
  const output = log.explanation() || '(nothing)';
  return new TrainerError('Killed', `the trainer ${how} before its job was done. Its last output: ${output}`);
}
