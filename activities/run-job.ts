import { ApplicationFailure, Context } from '@temporalio/activity';
import {
  type Answer,
  type FailureKind,
  type Job,
  type JobKind,
  TrainerError,
  type TrainerEvent,
  type TrainingProgress,
} from '../trainer/protocol.ts';
import type { StartTrainer } from '../trainer/start-trainer.ts';
import type { Heartbeats } from './heartbeats.ts';

/**
 * Has a trainer do a job for the current activity. Its events are heartbeats that carry the training's progress;
 * cancellation stops it; its failure becomes one that Temporal's retry policy understands. A trainer that gives no sign of life
 * is killed.
 *
 * @param options.threads CPU threads of the trial.
 * @param options.signal stops it too.
 * @param options.storeLog stores the end of the trainer's output.
 */
export async function runJob<Kind extends JobKind>(
  startTrainer: StartTrainer,
  job: Job<Kind>,
  options: {
    threads: number;
    heartbeats: Heartbeats;
    signal?: AbortSignal;
    storeLog: (text: string) => Promise<void>;
    onEvent?: (event: TrainerEvent) => void;
  },
): Promise<Answer<Kind>> {
  const { threads, heartbeats, signal, storeLog, onEvent } = options;
  const context = Context.current();
  const cancelled = context.cancellationSignal;
  let progress: TrainingProgress | undefined;
  try {
    return await startTrainer(job, {
      threads,
      patience: {},
      signal: signal ? AbortSignal.any([cancelled, signal]) : cancelled,
      onEvent: (event) => {
        // The SDK drops most heartbeats, so each carries the latest progress.
        if (event.kind === 'progress') ({ progress } = event);
        heartbeats.beat(progress);
        onEvent?.(event);
      },
      // A log that can't be stored must not hide how the job ended.
      onLog: (text) => storeLog(text).catch((error) => context.log.warn('trainer log not stored', { error })),
    });
  } catch (error) {
    throw error instanceof TrainerError ? toApplicationFailure(error, context.info.attempt) : error;
  }
}

// --- helpers ---

/** Not retried: the same configuration or data would fail in the same way. */
const PERMANENT = new Set<FailureKind>(['BadConfiguration', 'DamagedData']);
/** Retried at once; others wait for the retry policy's growing intervals. */
const AT_ONCE = new Set<FailureKind>(['Killed', 'LeaseLost']);

/** An unforeseen error may be passing, but more likely it comes back each time. */
const MAX_UNFORESEEN_ATTEMPTS = 3;

function toApplicationFailure(error: TrainerError, attempt: number): ApplicationFailure {
  const unforeseen = error.kind === 'TrainerFailed' && attempt >= MAX_UNFORESEEN_ATTEMPTS;
  const failure = ApplicationFailure.create({
    type: error.kind,
    message: error.message,
    nonRetryable: PERMANENT.has(error.kind) || unforeseen,
    ...(AT_ONCE.has(error.kind) && { nextRetryDelay: '1 second' }),
  });
  // A stack repeats the message, and the server replaces a failure of more than 4 kB by a note.
  failure.stack = '';
  return failure;
}
