import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { compiledProgram } from '../infra/project.ts';
import { describeDeath } from './describe-death.ts';
import { JobLogs } from './job-logs.ts';
import type { LogTail } from './log-tail.ts';
import { forgetOomKills } from './oom-kills.ts';
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
import { type Patience, watchSilence } from './silence-watch.ts';

export interface JobOptions {
  onEvent?: (event: TrainerEvent) => void;
  /** Takes the end of the trainer's output during the job, once the job has ended, whether or not it succeeded. */
  onLog?: (log: string) => Promise<void>;
  /** Stops the job. A trial first stores a checkpoint. */
  signal?: AbortSignal;
  /**
   * How long an aborted job may go on without a sign of life before its process is killed: default 5,000. After
   * `STOP_LIMIT_MS` it is killed in any case.
   */
  stopGraceMs?: number;
  /** Kills a process whose job gives no sign of life for longer. Default: it is never killed for that. */
  patience?: Patience;
}

/** A trainer, seen from the process that has started it. */
export class TrainerProcess {
  /** Resolves when the process has ended. */
  readonly closed: Promise<unknown>;
  /** Number of jobs so far, including the current ones. */
  jobsTaken = 0;
  #child: ChildProcess;
  #logs: JobLogs;
  #jobs = new Map<string, CurrentJob>();
  #isTrusted = true;
  #isKilledHere = false;
  #startFailure: Error | undefined;

  /** @param env the process's environment, all of it. */
  constructor(env: NodeJS.ProcessEnv) {
    forgetOomKills();
    this.#child = fork(TRAINER, [], {
      env,
      // Options such as a loader for TypeScript are for the parent alone.
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // JSON would turn a loss of NaN into null.
      serialization: 'advanced',
    });
    this.#logs = new JobLogs(this.#child);
    this.#child.on('error', (error) => {
      this.#startFailure = error;
      this.#hasClosed();
    });
    this.#child.on('message', ({ id, content }: TrainerMessage) => this.#jobs.get(id)?.take(content));
    this.closed = once(this.#child, 'close').catch(() => {});
    this.#child.once('close', () => this.#hasClosed());
  }

  /** Whether it has no job, not even one to store. */
  get isIdle(): boolean {
    return this.#jobs.size === 0;
  }

  /** Whether it can compute a job now: it runs, no job has failed in it, and at most one is still being stored. */
  get isFree(): boolean {
    const jobs = [...this.#jobs.values()];
    return this.#isTrusted && jobs.length < 2 && jobs.every(({ isComputed }) => isComputed);
  }

  /**
   * Has the process do a job. If the job fails or is stopped, the process ends, after its other job if it has one.
   *
   * @throws {TrainerError} if the process can't be started, or the job fails, or the process dies.
   * @throws the reason of `signal` if it aborts, once the job has ended, and the process too if it has no other job.
   */
  async run<Kind extends JobKind>(job: Job<Kind>, options: JobOptions): Promise<Answer<Kind>> {
    const { onEvent, onLog, signal, stopGraceMs = 5_000, patience } = options;
    this.jobsTaken++;
    const id = randomUUID();
    const { log, complete } = this.#logs.begin(id);
    let silenceMs: number | undefined;
    const silence =
      patience &&
      watchSilence(patience, (ms) => {
        silenceMs = ms;
        this.#kill();
      });
    let grace: NodeJS.Timeout | undefined;
    let limit: NodeJS.Timeout | undefined;
    const waitForSign = () => {
      clearTimeout(grace);
      // It may be inside a long native call, or hang.
      grace = setTimeout(() => this.#kill(), stopGraceMs);
    };
    const stop = () => {
      this.#isTrusted = false;
      this.#send({ kind: 'stop', id });
      waitForSign();
      limit = setTimeout(() => this.#kill(), STOP_LIMIT_MS);
    };
    const hear = (event: TrainerEvent) => {
      silence?.heard(event);
      if (grace) waitForSign();
      onEvent?.(event);
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const end = await this.#untilEnd(id, job as AnyJob, hear);
      await complete;
      if (end?.kind === 'failed') log.add(end.details);
      if (end?.kind === 'done' && !signal?.aborted) return end.answer as Answer<Kind>;
      this.#isTrusted = false;
      this.#endIfUnwanted();
      if (this.isIdle) await this.closed;
      signal?.throwIfAborted();
      if (end?.kind === 'failed') throw new TrainerError(end.failure, end.message);
      throw this.#died(silenceMs, log);
    } finally {
      signal?.removeEventListener('abort', stop);
      silence?.stop();
      for (const timer of [grace, limit]) clearTimeout(timer);
      this.#endIfUnwanted();
      await onLog?.(log.text());
    }
  }

  /** Ends the process. If it doesn't end by itself, it is killed. It must have no jobs, unless their results don't matter. */
  end(): void {
    this.#isTrusted = false;
    // Disconnecting would end it too, but then Node reports no `close`.
    this.#send({ kind: 'exit' });
    if (this.#hasEnded()) return;
    const timer = setTimeout(() => this.#kill(), EXIT_GRACE_MS);
    this.#child.once('close', () => clearTimeout(timer));
  }

  #untilEnd(
    id: string,
    job: AnyJob,
    onEvent: (event: TrainerEvent) => void,
  ): Promise<TrainerEnd | undefined> {
    return new Promise((resolve, reject) => {
      const current: CurrentJob = {
        isComputed: false,
        take(content) {
          if (!isEnd(content)) {
            current.isComputed ||= content.kind === 'computed';
            onEvent(content);
          } else current.end(content);
        },
        end: (end) => {
          this.#jobs.delete(id);
          const cause = this.#startFailure;
          if (!cause) resolve(end);
          else
            reject(
              new TrainerError('TrainerFailed', `the trainer can't be started: ${cause.message}`, { cause }),
            );
        },
      };
      this.#jobs.set(id, current);
      if (this.#hasEnded()) current.end(undefined);
      else this.#send({ kind: 'start', id, job });
    });
  }

  #hasEnded(): boolean {
    return (
      this.#startFailure !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null
    );
  }

  /** Another job has failed or was stopped. */
  #endIfUnwanted(): void {
    if (!this.#isTrusted && this.isIdle) this.end();
  }

  #hasClosed(): void {
    this.#isTrusted = false;
    for (const job of this.#jobs.values()) job.end(undefined);
  }

  /** A process that has just died can't take the command; `close` follows and says how it ended. */
  #send(command: TrainerCommand): void {
    this.#child.send(command, () => {});
  }

  #kill(): void {
    this.#isKilledHere = true;
    this.#child.kill('SIGKILL');
  }

  #died(silenceMs: number | undefined, log: LogTail): TrainerError {
    const { signalCode: signal, exitCode } = this.#child;
    const death = { signal, exitCode, isKilledHere: this.#isKilledHere, silenceMs };
    return describeDeath(death, log.explanation());
  }
}

// --- helpers ---

const TRAINER = compiledProgram('trainer/main');

const EXIT_GRACE_MS = 5_000;
/** A stack kills its worker, and so the trainer, after 20 s. */
const STOP_LIMIT_MS = 15_000;

interface CurrentJob {
  /** Whether it has only to be stored. */
  isComputed: boolean;
  take(content: TrainerMessage['content']): void;
  /** @param end undefined if the process has ended before the job. */
  end(end: TrainerEnd | undefined): void;
}

function isEnd(content: TrainerMessage['content']): content is TrainerEnd {
  return content.kind === 'done' || content.kind === 'stopped' || content.kind === 'failed';
}
