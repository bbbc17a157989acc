import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Overrides } from '../../study/definition/overrides.ts';
import { candidatesOf, winnerOf } from '../../study/plan/ranking.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import { QUERIES, SIGNALS, trialWorkflowId, UPDATES } from '../../temporal/names.ts';
import { endInWords } from '../../words/outcome.ts';
import { attentionSignal, notifyAbove } from '../attention.ts';
import { all, Children } from '../children.ts';
import { showDetails } from '../current-details.ts';
import { takeDecisions } from '../decision.ts';
import { failedStageDetails, stageDetails } from '../details.ts';
import { showEarlyEnd } from '../early-end.ts';
import { Pause, pauseSignal } from '../pause.ts';
import { searchAttributes } from '../search-attributes.ts';
import type { StageRow, StageStatus } from '../status.ts';
import { runSearch } from './search.ts';
import type { SearchState, StageInput, StageOutcome, StagePlan, StageTrial } from './stage-input.ts';
import { stageTrials } from './stage-trials.ts';

export const stageStatusQuery = defineQuery<StageStatus>(QUERIES.stageStatus);
export const stagePlannedSignal = defineSignal<[StagePlan]>(SIGNALS.stagePlanned);
export const retryStageUpdate = defineUpdate<string, [Overrides | undefined]>(UPDATES.retryStage);

/**
 * Trains all trials of a stage and finds its winner.
 *
 * Trials that are known start at once, the longest first; the training queue gives each a slot when one is free. If somebody
 * cancels or terminates a trial, it is started again, and waits for a decision. If no trial has a score, the stage parks as a
 * whole, since it has nothing to promote.
 */
export async function stageWorkflow(input: StageInput): Promise<StageOutcome> {
  const { studyId, stage, kind, question, search, continued } = input;
  /** Undefined until it is known. */
  let plan: StagePlan | undefined = input.early ? undefined : input;
  const evaluations = search?.evaluations ?? null;
  const status: StageStatus = {
    stage,
    kind,
    question,
    evaluations,
    search: search && { ended: continued?.ended ?? 0, waitsForAll: false, end: null },
    trials: continued?.rows ?? [],
    failure: null,
    end: null,
  };
  showDetails(() =>
    status.failure === null
      ? stageDetails(studyId, status)
      : failedStageDetails(workflowInfo().workflowId, stage, status.failure),
  );
  const pause = new Pause();
  const children = new Children(pause);
  const trials = stageTrials(input, { status, children });
  setHandler(stageStatusQuery, () => status);
  setHandler(stagePlannedSignal, (planned) => {
    plan = planned;
  });
  setHandler(pauseSignal, (isPaused) => {
    pause.set(isPaused);
    return children.signalPause();
  });
  setHandler(attentionSignal, ({ id, failure }) => {
    const trial = status.trials.find(({ name }) => id === trialWorkflowId(studyId, stage, name));
    if (trial) trial.failure = failure;
    const waiting = status.trials.some((each) => each.failure !== null);
    upsertSearchAttributes(searchAttributes({ NeedsAttention: waiting }));
  });
  const waitForDecision = takeDecisions(`stage ${stage}`, { retry: retryStageUpdate, hasSettings: true });

  if (continued) pause.set(continued.isPaused);
  else if (plan) enterStart(plan);
  const result = await showEarlyEnd(runAll, (end) => {
    status.end = end;
  });
  if (!('continueWith' in result)) return result;
  const { continueWith } = result;
  return continueAsNew<typeof stageWorkflow>({ ...input, start: [], trials: [], continued: continueWith });

  async function runAll(): Promise<StageOutcome | { continueWith: SearchState }> {
    const planned = (plan ?? (await trainEarly())).trials;
    if (!input.early) await trials.trainAll(planned);
    const searched = search
      ? await runSearch(search, { input, status, trials, pause, clearAttention })
      : undefined;
    if (searched && 'continueWith' in searched) return searched;
    if (status.search && searched) status.search.end = searched.end;

    for (;;) {
      const ended = status.trials.flatMap(({ standing }) => (standing ? [standing] : []));
      const standings = candidatesOf(ended).flatMap(({ runs }) => runs);
      const best = winnerOf(standings, input.ties) ?? null;
      if (best || !input.promotes) {
        return { standings, winner: input.promotes ? best : null, ...(searched && { search: searched.end }) };
      }
      const override = await park(`no trial has a score: ${describeOutcomes(standings)}`);
      await trials.trainAll(planned.map((trial) => ({ ...trial, override })));
    }
  }

  /** Trains the trials that are known, and the others once the plan is there. */
  async function trainEarly(): Promise<StagePlan> {
    const scope = new CancellationScope();
    const early = scope.run(() => trials.trainAll(input.trials));
    const isPlanned = condition(() => plan !== undefined);
    await Promise.race([isPlanned, early.then(() => isPlanned)]);
    const planned = (plan as StagePlan).trials;
    const isKept = input.trials.every((known) => planned.some((trial) => isSame(trial, known)));
    if (!isKept) {
      // A person has changed settings of the stage before, so that other trials follow.
      scope.cancel();
      await early.catch((error) => {
        if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
      });
      trials.startAnew();
    }
    const added = isKept
      ? planned.filter((trial) => !input.trials.some((known) => isSame(trial, known)))
      : planned;
    status.trials = planned.map(({ name }) => trials.rowOf(name));
    enterStart(plan as StagePlan);
    const inTurn = added.map((trial) => ({ ...trial, inTurn: true as const }));
    await all([isKept ? early : undefined, trials.trainAll(inTurn)]);
    return plan as StagePlan;
  }

  function enterStart({ start }: StagePlan): void {
    const rows = start.map(
      (standing): StageRow => ({ name: standing.name, epochs: null, standing, failure: null, drawn: null }),
    );
    status.trials.unshift(...rows);
  }

  /** Of a trial that was stopped while it waited for a person. */
  async function clearAttention(trial: string): Promise<void> {
    const notice = { id: trialWorkflowId(studyId, stage, trial), failure: null };
    upsertSearchAttributes(searchAttributes({ NeedsAttention: false }));
    await getExternalWorkflowHandle(studyId).signal(attentionSignal, notice);
  }

  /** Waits for a person, who may change settings for the whole stage. */
  async function park(failure: string): Promise<Overrides | null> {
    status.failure = failure;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: true }));
    await notifyAbove(studyId, failure);
    const decision = await waitForDecision();
    status.failure = null;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: false }));
    await notifyAbove(studyId, null);
    return decision.choice === 'retry' ? decision.overrides : null;
  }
}

// --- helpers ---

function isSame(one: StageTrial, other: StageTrial): boolean {
  return one.name === other.name && JSON.stringify(one.spec) === JSON.stringify(other.spec);
}

function describeOutcomes(standings: TrialStanding[]): string {
  return standings
    .map((standing) => {
      const { name, message } = standing;
      return `${name} ${endInWords(standing)}${message ? ` (${message})` : ''}`;
    })
    .join(', ');
}
