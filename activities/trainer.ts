import { ApplicationFailure, activityInfo, Context, heartbeat } from '@temporalio/activity';
import type { TrainerFailureKind, TrainerJob, TrainerReport, TrainingProgress } from '../trainer/protocol.ts';

/** The last report of a trainer that did its job. */
export type TrainerEnd = Extract<TrainerReport, { kind: 'trained' | 'tested' }>;

/** What activities ask of trainers. */
export type ActivityJob = Extract<TrainerJob, { kind: 'train' | 'evaluateTest' }>;

/**
 * Runs one job in a trainer process of its own.
 *
 * @throws {TrainerError} where the trainer fails, dies or never starts. When `signal` aborts, the trainer is told to
 *   stop, and killed where it does not; then the signal's reason is thrown, once the process has ended.
 */
export type RunTrainer = (
  job: ActivityJob,
  options: { onReport: (report: TrainerReport) => void; signal: AbortSignal },
) => Promise<TrainerEnd>;

/** A trainer that failed; `Killed` where it ended without a word. */
export class TrainerError extends Error {
  override name = 'TrainerError';
  readonly kind: TrainerFailureKind | 'Killed';

  constructor(kind: TrainerFailureKind | 'Killed', message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/**
 * Runs a job for the current activity: each of the trainer's reports is a heartbeat with the training's progress so far,
 * cancellation stops it, and its failure is one that Temporal's retry policy understands.
 */
export async function runJob(
  runTrainer: RunTrainer,
  job: ActivityJob,
  onReport: (report: TrainerReport) => void = () => {},
): Promise<TrainerEnd> {
  let progress: TrainingProgress | undefined;
  try {
    return await runTrainer(job, {
      signal: Context.current().cancellationSignal,
      onReport: (report) => {
        // Of the heartbeats of two seconds the server gets one: each tells where the training is.
        if (report.kind === 'progress') ({ progress } = report);
        heartbeat(progress);
        onReport(report);
      },
    });
  } catch (error) {
    throw error instanceof TrainerError ? toApplicationFailure(error, activityInfo().attempt) : error;
  }
}

// --- helpers ---

/** Never tried again: the same configuration or data would fail in the same way. */
const PERMANENT = new Set<TrainerError['kind']>(['BadConfiguration', 'DamagedData']);
/** Tried again at once: the next attempt starts from the newest checkpoint. */
const AT_ONCE = new Set<TrainerError['kind']>(['Killed', 'LeaseLost']);

/** An error that nobody has foreseen may be passing, but is more likely to be the same each time. */
const MAX_UNFORESEEN_ATTEMPTS = 3;

/** The whole of a trainer's error is its message. What is neither permanent nor tried again at once is tried again with the policy's growing pauses. */
function toApplicationFailure(error: TrainerError, attempt: number): ApplicationFailure {
  const unforeseen = error.kind === 'TrainerFailed' && attempt >= MAX_UNFORESEEN_ATTEMPTS;
  const failure = ApplicationFailure.create({
    type: error.kind,
    message: error.message,
    nonRetryable: PERMANENT.has(error.kind) || unforeseen,
    ...(AT_ONCE.has(error.kind) ? { nextRetryDelay: '1 second' } : {}),
  });
  // The server replaces a failure of more than 4 kB by a note, and a stack holds the message again.
  failure.stack = '';
  return failure;
}
