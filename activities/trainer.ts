import { ApplicationFailure, activityInfo, Context, heartbeat } from '@temporalio/activity';
import type { TrainerFailureKind, TrainerJob, TrainerReport } from '../training/messages.ts';

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
 * Runs a job for the current activity: each of the trainer's reports is a heartbeat, cancellation stops it, and its
 * failure is one that Temporal's retry policy understands.
 */
export async function runJob(
  runTrainer: RunTrainer,
  job: ActivityJob,
  onReport: (report: TrainerReport) => void = () => {},
): Promise<TrainerEnd> {
  try {
    return await runTrainer(job, {
      signal: Context.current().cancellationSignal,
      onReport: (report) => {
        heartbeat(report.kind === 'progress' ? report.progress : undefined);
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

/** What is neither permanent nor tried again at once is tried again with the policy's growing pauses. */
function toApplicationFailure(error: TrainerError, attempt: number): ApplicationFailure {
  const unforeseen = error.kind === 'TrainerFailed' && attempt >= MAX_UNFORESEEN_ATTEMPTS;
  return ApplicationFailure.create({
    type: error.kind,
    message: error.message,
    nonRetryable: PERMANENT.has(error.kind) || unforeseen,
    ...(AT_ONCE.has(error.kind) ? { nextRetryDelay: '1 second' } : {}),
    cause: error,
  });
}
