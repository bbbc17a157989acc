import {
  ActivityCancellationType,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { TrainingActivities } from '../activities/training-activities.ts';
import type { Overrides } from '../study/definition/overrides.ts';
import type { TrialStanding } from '../study/record/record.ts';
import { bestEpoch, type EpochLine, type TrialSpec } from '../study/trial/trial.ts';
import { QUERIES, SIGNALS, TRAINING_QUEUE, UPDATES } from '../temporal/names.ts';
import { describeFailure, notifyAbove } from './attention.ts';
import { takeDecisions } from './decision.ts';
import { failedTrialDetails, trialDetails } from './details.ts';
import { searchAttributes } from './search-attributes.ts';

export interface TrialInput {
  studyId: string;
  stage: string;
  name: string;
  spec: TrialSpec;
  /** What its stage says of it in its standing. */
  of: string | null;
  suggestion: Overrides | null;
  override: Overrides | null;
}

/** What a trial's page and `run` show of it. */
export interface TrialStatus {
  name: string;
  /** As it is trained: with what a person has changed. */
  spec: TrialSpec;
  state: 'queued' | 'training' | 'needsAttention' | 'done';
  /** The last epoch's line, and the best's so far. */
  lastLine: EpochLine | null;
  bestLine: EpochLine | null;
  /** Why the trial needs attention. */
  failure: string | null;
  standing: TrialStanding | null;
}

export const trialStatusQuery = defineQuery<TrialStatus>(QUERIES.trialStatus);
export const trainingStartedSignal = defineSignal(SIGNALS.trainingStarted);
export const epochEndedSignal = defineSignal<[EpochLine]>(SIGNALS.epochEnded);
export const retryTrialUpdate = defineUpdate<string, [Overrides | undefined]>(UPDATES.retryTrial);
export const skipTrialUpdate = defineUpdate<string>(UPDATES.skipTrial);

/**
 * One training run of one configuration, until it has a result or a person skips it.
 *
 * Failures are tried again by the activity's retry policy. When that is used up, or where trying again can't help, the
 * trial parks: it waits for the Update `retryTrial` or `skipTrial`. A retry with overrides is another trial, from scratch.
 */
export async function trialWorkflow(input: TrialInput): Promise<TrialStanding> {
  const { name, of, suggestion } = input;
  let { override } = input;
  const status: TrialStatus = {
    name,
    spec: input.spec,
    state: 'queued',
    lastLine: null,
    bestLine: null,
    failure: null,
    standing: null,
  };

  const show = () => setCurrentDetails(trialDetails(status));
  setHandler(trialStatusQuery, () => status);
  setHandler(trainingStartedSignal, () => {
    status.state = 'training';
    upsertSearchAttributes(searchAttributes({ TrialStatus: 'training' }));
    show();
  });
  setHandler(epochEndedSignal, (line) => {
    status.lastLine = line;
    status.bestLine = bestEpoch(status.bestLine ? [status.bestLine, line] : [line]) ?? null;
    upsertSearchAttributes(searchAttributes({ BestValAccuracy: status.bestLine?.val_accuracy ?? null }));
    show();
  });
  const waitForDecision = takeDecisions(name, {
    retry: retryTrialUpdate,
    skip: skipTrialUpdate,
    hasSettings: true,
  });

  show();
  for (;;) {
    try {
      const report = await train({ spec: status.spec });
      // A worker that was shut down in the middle is no failure: the checkpoint waits for the next one.
      if (report.status === 'interrupted') continue;
      return finish({ status: 'trained', ...report.result });
    } catch (error) {
      if (isCancellation(error)) throw error;
      const decision = await park(describeFailure(error));
      if (decision.choice === 'skip') return finish(skipped);
      if (decision.overrides) startAnew(decision.overrides);
    }
  }

  async function park(failure: string) {
    status.failure = failure;
    status.state = 'needsAttention';
    upsertSearchAttributes(searchAttributes({ TrialStatus: 'needsAttention', NeedsAttention: true }));
    setCurrentDetails(failedTrialDetails(input, failure));
    await notifyAbove(input.studyId, failure);
    const decision = await waitForDecision();
    status.failure = null;
    status.state = 'queued';
    upsertSearchAttributes(searchAttributes({ TrialStatus: 'queued', NeedsAttention: false }));
    show();
    await notifyAbove(input.studyId, null);
    return decision;
  }

  function startAnew(overrides: Overrides): void {
    override = { ...override, ...overrides };
    status.spec = { ...status.spec, config: { ...status.spec.config, ...overrides } };
    status.lastLine = null;
    status.bestLine = null;
    upsertSearchAttributes(searchAttributes({ BestValAccuracy: null }));
    show();
  }

  function finish(
    end: Pick<TrialStanding, 'status' | 'trialKey' | 'outcome' | 'score' | 'bestEpoch' | 'reused'>,
  ) {
    const standing: TrialStanding = { name, ...end, takenOver: false, of, suggestion, override };
    status.state = 'done';
    status.standing = standing;
    const ended = end.status === 'skipped' ? 'skipped' : (end.outcome ?? 'trained');
    upsertSearchAttributes(searchAttributes({ TrialStatus: ended, BestValAccuracy: end.score }));
    show();
    return standing;
  }
}

// --- helpers ---

const { train } = proxyActivities<Pick<TrainingActivities, 'train'>>({
  taskQueue: TRAINING_QUEUE,
  summary: 'training',
  // No short time limit: a long training is no fault, and heartbeats tell a hung one.
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

const skipped = {
  status: 'skipped',
  trialKey: null,
  outcome: null,
  score: null,
  bestEpoch: null,
  reused: false,
} as const;
