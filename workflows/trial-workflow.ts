import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { TrainingActivities } from '../activities/training-activities.ts';
import type { TrialStanding } from '../study/record.ts';
import { QUERIES, SIGNALS, TRAINING_QUEUE, UPDATES } from '../study/temporal-names.ts';
import { bestEpoch, type EpochLine, type TrialSpec } from '../study/trial.ts';
import { failureDetails, trialDetails } from './details.ts';
import { searchAttributes } from './search-attributes.ts';

export interface TrialInput {
  studyId: string;
  stage: string;
  name: string;
  spec: TrialSpec;
}

/** What a trial's page and `run` show of it. */
export interface TrialStatus {
  name: string;
  spec: TrialSpec;
  state: 'queued' | 'training' | 'needsAttention' | 'done';
  epochs: number;
  /** The last epoch's line, and the best's so far. */
  lastLine: EpochLine | null;
  bestLine: EpochLine | null;
  /** Why the trial needs attention. */
  failure: string | null;
  standing: TrialStanding | null;
}

/** Sent to the stage and the study when a trial parks, and when it goes on. */
export interface AttentionNotice {
  trialId: string;
  /** null where the trial no longer needs attention. */
  failure: string | null;
}

export const trialStatusQuery = defineQuery<TrialStatus>(QUERIES.trialStatus);
export const trainingStartedSignal = defineSignal(SIGNALS.trainingStarted);
export const epochEndedSignal = defineSignal<[EpochLine]>(SIGNALS.epochEnded);
export const attentionSignal = defineSignal<[AttentionNotice]>(SIGNALS.attention);
export const retryTrialUpdate = defineUpdate<string>(UPDATES.retryTrial);
export const skipTrialUpdate = defineUpdate<string>(UPDATES.skipTrial);

/**
 * One training run of one configuration, until it has a result or a person skips it.
 *
 * Failures are tried again by the activity's retry policy. When that is used up, or where trying again can't
 * help, the trial parks: it waits for the Update `retryTrial` or `skipTrial`.
 */
export async function trialWorkflow(input: TrialInput): Promise<TrialStanding> {
  const { name, spec } = input;
  const status: TrialStatus = {
    name,
    spec,
    state: 'queued',
    epochs: spec.config.epochs,
    lastLine: null,
    bestLine: null,
    failure: null,
    standing: null,
  };
  let decision: 'retry' | 'skip' | undefined;

  const show = () => setCurrentDetails(trialDetails(input, status));
  setHandler(trialStatusQuery, () => status);
  setHandler(trainingStartedSignal, () => {
    status.state = 'training';
    show();
  });
  setHandler(epochEndedSignal, (line) => {
    status.state = 'training';
    status.lastLine = line;
    status.bestLine = bestEpoch(status.bestLine ? [status.bestLine, line] : [line]) ?? null;
    upsertSearchAttributes(searchAttributes({ BestValAccuracy: status.bestLine?.val_accuracy ?? null }));
    show();
  });
  const decide = (choice: 'retry' | 'skip') => () => {
    decision = choice;
    return `${name}: ${choice === 'retry' ? 'tried again' : 'skipped'}`;
  };
  const validator = () => {
    if (status.state !== 'needsAttention') {
      throw ApplicationFailure.create({
        type: 'NotParked',
        message: `trial ${name}: expected one that waits for attention, got one that is ${status.state}; nothing to do`,
      });
    }
  };
  setHandler(retryTrialUpdate, decide('retry'), { validator });
  setHandler(skipTrialUpdate, decide('skip'), { validator });

  show();
  for (;;) {
    try {
      const report = await train({ spec });
      // A worker that was shut down in the middle is no failure: the checkpoint waits for the next one.
      if (report.status === 'interrupted') continue;
      finish({ name, status: 'trained', ...report.result });
    } catch (error) {
      if (isCancellation(error)) throw error;
      await park(error);
      if (decision === 'skip') {
        finish({ ...unranked, name, status: 'skipped' });
      }
      decision = undefined;
    }
    if (status.standing) return status.standing;
  }

  function finish(standing: TrialStanding): void {
    status.state = 'done';
    status.standing = standing;
    const state = standing.status === 'skipped' ? 'skipped' : (standing.outcome ?? 'trained');
    upsertSearchAttributes(searchAttributes({ TrialStatus: state, BestValAccuracy: standing.score }));
    show();
  }

  async function park(error: unknown): Promise<void> {
    status.failure = describeFailure(error);
    status.state = 'needsAttention';
    upsertSearchAttributes(searchAttributes({ TrialStatus: 'needsAttention', NeedsAttention: true }));
    setCurrentDetails(failureDetails(input, status));
    await notify(input, status.failure);
    await condition(() => decision !== undefined);
    status.failure = null;
    status.state = 'queued';
    upsertSearchAttributes(searchAttributes({ TrialStatus: 'queued', NeedsAttention: false }));
    show();
    await notify(input, null);
  }
}

// --- helpers ---

const { train } = proxyActivities<Pick<TrainingActivities, 'train'>>({
  taskQueue: TRAINING_QUEUE,
  summary: 'training',
  // No total time limit: a long training is no fault, and heartbeats tell a hung one.
  startToCloseTimeout: '30 days',
  heartbeatTimeout: '60 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '2 seconds',
    backoffCoefficient: 2,
    maximumInterval: '2 minutes',
    maximumAttempts: 8,
  },
});

const unranked = { trialKey: null, outcome: null, score: null, bestEpoch: null, reused: false } as const;

function describeFailure(error: unknown): string {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Tells stage and study; a trial started by hand, without them, has nobody to tell. */
async function notify({ studyId }: TrialInput, failure: string | null): Promise<void> {
  const { workflowId, parent } = workflowInfo();
  if (!parent) return;
  const notice: AttentionNotice = { trialId: workflowId, failure };
  for (const id of [parent.workflowId, studyId]) {
    await getExternalWorkflowHandle(id).signal(attentionSignal, notice);
  }
}
