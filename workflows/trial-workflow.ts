import {
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Overrides } from '../study/definition/overrides.ts';
import { asSpecified } from '../study/plan/plan.ts';
import { bestEpoch } from '../study/trial/trial.ts';
import { QUERIES, SIGNALS, UPDATES } from '../temporal/names.ts';
import { compareRepetitions, findRepetition, training } from './activities.ts';
import { notifyAbove } from './attention.ts';
import { takeDecisions } from './decision.ts';
import { failedTrialDetails, trialDetails } from './details.ts';
import { describeFailure, showEarlyEnd } from './early-end.ts';
import { searchAttributes } from './search-attributes.ts';
import type { EpochNotice, TrialEnd, TrialInput, TrialStatus } from './status.ts';

export const trialStatusQuery = defineQuery<TrialStatus>(QUERIES.trialStatus);
export const trainingStartedSignal = defineSignal(SIGNALS.trainingStarted);
export const epochEndedSignal = defineSignal<[EpochNotice]>(SIGNALS.epochEnded);
export const retryTrialUpdate = defineUpdate<string, [Overrides | undefined]>(UPDATES.retryTrial);
export const skipTrialUpdate = defineUpdate<string>(UPDATES.skipTrial);

/**
 * Trains one configuration until it has a result or a person skips it.
 *
 * The activity's retry policy retries failures. When the retries are used up, or if retrying can't help, the trial parks: it
 * waits for the Update `retryTrial` or `skipTrial`. A retry with overrides is another trial and starts from scratch.
 *
 * With `retrain`, a trial that has a result is trained again as its next repetition and compared with that result.
 */
export async function trialWorkflow(input: TrialInput): Promise<TrialEnd> {
  const { name } = input;
  const { train } = training(input.spec.numerics);
  let override: Overrides | null = null;
  /** Undefined until it is known which repetition to train. */
  let repetition: { repetition: number; earlier: string | null } | undefined;
  const status: TrialStatus = {
    name,
    spec: input.spec,
    state: 'queued',
    lastLine: null,
    bestLine: null,
    failure: null,
    end: null,
  };

  const show = () => setCurrentDetails(trialDetails(status));
  setHandler(trialStatusQuery, () => status);
  setHandler(trainingStartedSignal, () => {
    status.state = 'training';
    upsertSearchAttributes(searchAttributes({ TrialStatus: 'training' }));
    show();
  });
  setHandler(epochEndedSignal, ({ summary: _, ...line }) => {
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
  return showEarlyEnd(trainUntilDecided, () => {
    status.state = 'cancelled';
    status.failure = null;
    show();
  });

  async function trainUntilDecided(): Promise<TrialEnd> {
    for (;;) {
      try {
        if (input.retrain) await chooseRepetition();
        const trained = await train({ spec: status.spec });
        // A worker that was shut down during training is no failure: the next one resumes from the checkpoint.
        if (trained.status === 'interrupted') continue;
        return finish({
          status: 'trained',
          ...trained.result,
          override,
          ...(await compared(trained.result)),
        });
      } catch (error) {
        if (isCancellation(error)) throw error;
        const decision = await park(describeFailure(error));
        if (decision.choice === 'skip') return finish({ ...SKIPPED, override });
        if (decision.overrides) restartWith(decision.overrides);
      }
    }
  }

  async function chooseRepetition(): Promise<void> {
    if (repetition) return;
    repetition = await findRepetition({ spec: status.spec });
    status.spec = { ...status.spec, repetition: repetition.repetition };
    show();
  }

  async function compared({ trialKey }: Pick<TrialEnd, 'trialKey'>): Promise<Pick<TrialEnd, 'retrained'>> {
    const earlier = repetition?.earlier;
    if (!earlier || !trialKey) return {};
    return { retrained: await compareRepetitions({ trialKey, earlier }) };
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

  function restartWith(overrides: Overrides): void {
    override = { ...override, ...overrides };
    repetition = undefined;
    status.spec = {
      ...status.spec,
      config: asSpecified({ ...status.spec.config, ...overrides }),
      repetition: input.spec.repetition,
    };
    status.lastLine = null;
    status.bestLine = null;
    upsertSearchAttributes(searchAttributes({ BestValAccuracy: null }));
    show();
  }

  function finish(end: TrialEnd): TrialEnd {
    status.state = 'done';
    status.end = end;
    const ended = end.status === 'skipped' ? 'skipped' : (end.outcome ?? 'trained');
    upsertSearchAttributes(searchAttributes({ TrialStatus: ended, BestValAccuracy: end.score }));
    show();
    return end;
  }
}

// --- helpers ---

const SKIPPED = {
  status: 'skipped',
  trialKey: null,
  outcome: null,
  score: null,
  bestEpoch: null,
  reused: false,
  message: null,
} as const;
