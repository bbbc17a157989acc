import {
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { TrainEnd } from '../activities/train.ts';
import type { EpochsNotice } from '../activities/workflow-signals.ts';
import type { Overrides } from '../study/definition/overrides.ts';
import { asSpecified } from '../study/plan/plan.ts';
import type { RungScore } from '../study/search/stopping/rung.ts';
import { meritOf, type OtherMeasure } from '../study/trial/measure.ts';
import { bestEpoch } from '../study/trial/trial.ts';
import { QUERIES, SIGNALS, UPDATES } from '../temporal/names.ts';
import { compareRepetitions, findRepetition, training } from './activities.ts';
import { notifyAbove } from './attention.ts';
import { showDetails } from './current-details.ts';
import { takeDecisions } from './decision.ts';
import { failedTrialDetails, trialDetails } from './details.ts';
import { describeFailure, showEarlyEnd } from './early-end.ts';
import { followRungs } from './halting.ts';
import { Pause, pauseSignal } from './pause.ts';
import { searchAttributes } from './search-attributes.ts';
import type { TrialEnd, TrialInput, TrialStatus } from './status.ts';
import { untilSuccess } from './until-success.ts';

export const trialStatusQuery = defineQuery<TrialStatus>(QUERIES.trialStatus);
export const trainingStartedSignal = defineSignal(SIGNALS.trainingStarted);
export const epochsEndedSignal = defineSignal<[EpochsNotice]>(SIGNALS.epochsEnded);
export const retryTrialUpdate = defineUpdate<string, [Overrides | undefined]>(UPDATES.retryTrial);
export const skipTrialUpdate = defineUpdate<string>(UPDATES.skipTrial);

/**
 * Trains one configuration until it has a result or a person skips it.
 *
 * Failures are retried. When the retries are used up, or if retrying can't help, the trial parks: it waits for the Update
 * `retryTrial` or `skipTrial`. A retry with overrides is another trial and starts from scratch. A pause of the study stops the
 * training, which continues from its newest checkpoint when the pause is over.
 *
 * With rungs, it halts there until its search has decided whether it goes on. If not, it ends without a result.
 *
 * With `retrain`, a trial that has a result is trained again as its next repetition and compared with that result.
 */
export async function trialWorkflow(input: TrialInput): Promise<TrialEnd> {
  const { name } = input;
  const { rankBy } = input.spec;
  const { train } = training(input.spec.numerics, input.heartbeatSeconds);
  let override: Overrides | null = null;
  /** Undefined until it is known which repetition to train. */
  let repetition: { repetition: number; earlier: string | null } | undefined;
  const status: TrialStatus = {
    name,
    spec: input.spec,
    state: 'queued',
    lastLine: null,
    bestLine: null,
    failedTry: null,
    failure: null,
    end: null,
  };
  const pause = new Pause();
  const rungs = followRungs(name, input.rungs);

  showDetails(() =>
    status.failure === null ? trialDetails(status) : failedTrialDetails(input, status.failure),
  );
  setHandler(trialStatusQuery, () => status);
  setHandler(trainingStartedSignal, () => {
    if (!pause.isPaused) setState('training');
  });
  setHandler(pauseSignal, (isPaused) => {
    pause.set(isPaused);
    const { state } = status;
    if (isPaused && (state === 'queued' || state === 'training')) setState('paused');
    if (!isPaused && state === 'paused') setState('queued');
  });
  setHandler(epochsEndedSignal, ({ epochs }) => {
    status.lastLine = epochs.at(-1) ?? null;
    const known = status.bestLine ? [status.bestLine, ...epochs] : epochs;
    status.bestLine = bestEpoch(known, rankBy) ?? null;
    upsertSearchAttributes(searchAttributes({ BestValAccuracy: status.bestLine?.val_accuracy ?? null }));
  });
  const waitForDecision = takeDecisions(name, {
    retry: retryTrialUpdate,
    skip: skipTrialUpdate,
    hasSettings: true,
  });

  return showEarlyEnd(trainUntilDecided, () => {
    status.state = 'cancelled';
    if (status.failure !== null) upsertSearchAttributes(searchAttributes({ NeedsAttention: false }));
    status.failure = null;
  });

  function setState(state: 'queued' | 'training' | 'halted' | 'paused'): void {
    status.state = state;
    upsertSearchAttributes(searchAttributes({ TrialStatus: state }));
  }

  async function trainUntilDecided(): Promise<TrialEnd> {
    for (let failure = input.parked; ; ) {
      if (failure !== undefined) {
        const decision = await park(failure);
        if (decision.choice === 'skip') return finish({ ...SKIPPED, message: firstLine(failure), override });
        if (decision.overrides) restartWith(decision.overrides);
      }
      try {
        if (input.retrain) await chooseRepetition();
        const trained = await untilSuccess(trainToEnd, (failed) => {
          status.failedTry = failed;
        });
        const { rungScores } = trained;
        const end = { override, ...(rungScores && { rungScores }) };
        if (trained.status === 'halted') return finish({ ...stoppedAt(trained, rankBy), ...end });
        const { result } = trained;
        return finish({ status: 'trained', ...result, ...end, ...(await compared(result)) });
      } catch (error) {
        if (isCancellation(error)) throw error;
        failure = describeFailure(error);
      }
    }
  }

  /** A worker that was shut down during training is no failure: the next one resumes from the checkpoint. */
  async function trainToEnd({ alone }: { alone: boolean }) {
    for (;;) {
      const { spec } = status;
      const ahead = rungs.ahead(spec.config.epochs);
      const job = { spec, ...(alone && { alone }), ...(ahead && { rungs: ahead }) };
      const trained = await pause.around(() => train(job));
      if (trained.status === 'trained') return trained;
      if (trained.status === 'interrupted') continue;
      setState('halted');
      if (!(await rungs.goesOn(trained.rungScores))) return trained;
      setState(pause.isPaused ? 'paused' : 'queued');
    }
  }

  async function chooseRepetition(): Promise<void> {
    if (repetition) return;
    repetition = await findRepetition({ spec: status.spec });
    status.spec = { ...status.spec, repetition: repetition.repetition };
  }

  async function compared({ trialKey }: Pick<TrialEnd, 'trialKey'>): Promise<Pick<TrialEnd, 'retrained'>> {
    const earlier = repetition?.earlier;
    if (!earlier || !trialKey) return {};
    return { retrained: await compareRepetitions({ trialKey, earlier }) };
  }

  async function park(failure: string) {
    status.failure = failure;
    status.failedTry = null;
    status.state = 'needsAttention';
    upsertSearchAttributes(searchAttributes({ TrialStatus: 'needsAttention', NeedsAttention: true }));
    await notifyAbove(input.studyId, failure);
    const decision = await waitForDecision();
    status.failure = null;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: false }));
    setState(pause.isPaused ? 'paused' : 'queued');
    await notifyAbove(input.studyId, null);
    return decision;
  }

  function restartWith(overrides: Overrides): void {
    override = { ...override, ...overrides };
    repetition = undefined;
    rungs.restart();
    status.spec = {
      ...status.spec,
      config: asSpecified({ ...status.spec.config, ...overrides }),
      repetition: input.spec.repetition,
    };
    status.lastLine = null;
    status.bestLine = null;
    upsertSearchAttributes(searchAttributes({ BestValAccuracy: null }));
  }

  function finish(end: TrialEnd): TrialEnd {
    status.state = 'done';
    status.end = end;
    const ended = end.status === 'trained' ? (end.outcome ?? 'trained') : end.status;
    // The attribute is an accuracy, in whichever measure the study ranks.
    const best = rankBy ? (status.bestLine?.val_accuracy ?? null) : (end.stopped?.score ?? end.score);
    upsertSearchAttributes(searchAttributes({ TrialStatus: ended, BestValAccuracy: best }));
    return end;
  }
}

// --- helpers ---

type HaltedTrial = Extract<TrainEnd, { status: 'halted' }>;

const NO_RESULT = { trialKey: null, outcome: null, score: null, bestEpoch: null, reused: false } as const;

const SKIPPED = { status: 'skipped', ...NO_RESULT } as const;

function stoppedAt(
  { trialKey, rungScores }: HaltedTrial,
  rankBy: OtherMeasure | undefined,
): Omit<TrialEnd, 'override'> {
  const { epoch, score: merit } = rungScores.at(-1) as RungScore;
  const stopped = { epoch, score: meritOf(merit, rankBy) };
  return { ...NO_RESULT, status: 'stopped', trialKey, message: null, stopped };
}

/** What a ranking has room for. */
function firstLine(failure: string): string {
  const [line = ''] = failure.split('\n');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
