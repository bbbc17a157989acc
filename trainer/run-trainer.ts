import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type RunTrainer, type TrainerEnd, TrainerError } from '../activities/trainer.ts';
import { compiledProgram } from '../infra/project.ts';
import { cacheFolder } from '../storage/inputs/cache-folder.ts';
import { LogTail } from './log-tail.ts';
import type { TrainerCommand, TrainerReport } from './protocol.ts';
import { TRAINER_THREADS } from './tensorflow-environment.ts';

const TRAINER = compiledProgram('trainer/main');
/** A trainer that does not stop by itself is inside a native call, or hung. */
const STOP_GRACE_MS = 5_000;

export interface TrainerOptions {
  /** Trainers that run side by side and share the processors. */
  slots: number;
  /** Called with what a trainer has written to its output, once it has ended. */
  onLog: (job: Parameters<RunTrainer>[0], log: string) => Promise<void>;
}

/** Forks a trainer for each job. */
export function createRunTrainer({ slots, onLog }: TrainerOptions): RunTrainer {
  // A folder named from where the worker was started is the same one for its trainers.
  const env = { ...process.env, ...processEnvironment(slots), STAGED_STUDY_CACHE: resolve(cacheFolder()) };
  return async (job, { onReport, signal }) => {
    signal.throwIfAborted();
    const child = fork(TRAINER, [], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    const log = new LogTail(child);
    const stop = () => stopTrainer(child);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const last = await lastReport(child, job, onReport);
      signal.throwIfAborted();
      return endOf(last, child, log);
    } finally {
      signal.removeEventListener('abort', stop);
      // A log that can't be kept must not hide how the training ended.
      await onLog(job, log.text()).catch((error) => console.error('trainer log not stored:', error));
    }
  };
}

/** Each slot's share of the processors, and what must be set before a process starts. */
export function processEnvironment(slots: number): NodeJS.ProcessEnv {
  return {
    [TRAINER_THREADS]: String(Math.max(1, Math.floor(availableParallelism() / slots))),
    // Keeps freed memory in the process: a step of ResNet-50 else costs thousands of page faults.
    GLIBC_TUNABLES: [
      'glibc.malloc.hugetlb=1',
      'glibc.malloc.arena_max=1',
      'glibc.malloc.trim_threshold=1073741824',
      'glibc.malloc.mmap_threshold=1073741824',
    ].join(':'),
  };
}

// --- helpers ---

/** Sends the job, passes reports on, and resolves with the last one when the process has ended. */
function lastReport(
  child: ChildProcess,
  job: Parameters<RunTrainer>[0],
  onReport: (report: TrainerReport) => void,
): Promise<TrainerReport | undefined> {
  return new Promise((resolve, reject) => {
    let last: TrainerReport | undefined;
    child.on('message', (report: TrainerReport) => {
      last = report;
      onReport(report);
    });
    child.once('error', (cause) =>
      reject(new TrainerError('TrainerFailed', `the trainer can't be started: ${cause.message}`, { cause })),
    );
    child.once('close', () => resolve(last));
    child.send(job);
  });
}

function stopTrainer(child: ChildProcess): void {
  if (child.connected) child.send({ kind: 'stop' } satisfies TrainerCommand);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  child.once('close', () => clearTimeout(timer));
}

function endOf(last: TrainerReport | undefined, child: ChildProcess, log: LogTail): TrainerEnd {
  if (last?.kind === 'failed') throw new TrainerError(last.failure, last.message);
  if (last?.kind === 'trained' || last?.kind === 'tested') return last;
  const how = child.signalCode ? `killed by ${child.signalCode}` : `ended with exit code ${child.exitCode}`;
  throw new TrainerError(
    'Killed',
    `the trainer was ${how} before it had a result; the next attempt goes on from the newest checkpoint. ` +
      `The end of its output: ${log.explanation() || '(nothing)'}`,
  );
}
