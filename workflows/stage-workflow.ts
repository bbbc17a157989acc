import {
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  setCurrentDetails,
  setHandler,
  TerminatedFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Overrides } from '../study/definition/overrides.ts';
import type { SearchStage, Stage } from '../study/definition/stage-schema.ts';
import type { Profile } from '../study/definition/study-schema.ts';
import { asTrained } from '../study/plan/epochs.ts';
import { asSpecified, type NamedConfig, searchTrial } from '../study/plan/plan.ts';
import { longestFirst } from '../study/plan/trial-work.ts';
import { candidatesOf, type TieRule, winnerOf } from '../study/plan/ranking.ts';
import { asRuns, runSeed } from '../study/plan/runs.ts';
import type { TrialStanding } from '../study/record/record.ts';
import type { Suggestion } from '../study/search/suggest.ts';
import { trialsAtOnce } from '../study/search/trials-at-once.ts';
import type { TrialSpec } from '../study/trial/trial.ts';
import { QUERIES, SIGNALS, trialWorkflowId, UPDATES } from '../temporal/names.ts';
import { plural } from '../words/numbers.ts';
import { endInWords } from '../words/outcome.ts';
import { suggest } from './activities.ts';
import { attentionSignal, notifyAbove } from './attention.ts';
import { all, Children, type StartedChild } from './children.ts';
import { takeDecisions } from './decision.ts';
import { failedStageDetails, stageDetails } from './details.ts';
import { describeFailure, showEarlyEnd } from './early-end.ts';
import { Pause, pauseSignal } from './pause.ts';
import { PRIORITY } from './priorities.ts';
import { searchAttributes, typedSearchAttributes } from './search-attributes.ts';
import type { DrawnSettings, StageRow, StageStatus, TrialEnd, Winner } from './status.ts';
import { trialWorkflow } from './trial-workflow.ts';

/** What a stage ranks. */
export interface StagePlan {
  /** The runs of the winner that the stage starts from, if that is ranked: they come first and are not trained again. */
  start: TrialStanding[];
  trials: StageTrial[];
}

export interface StageInput extends StagePlan {
  studyId: string;
  stage: string;
  kind: Stage['kind'];
  question: string;
  /** The stage before still runs, and `trials` are those that don't depend on its winner. A signal brings the plan. */
  early?: true;
  search: SearchPlan | null;
  /** Side experiments have no winner. */
  promotes: boolean;
  /** Absent: only equal scores are ties. */
  ties?: TieRule;
  /** Train trials again if the store has their results. */
  retrain?: true;
  /** See `StudyRequest`. */
  heartbeatSeconds?: number;
}

export interface StageTrial {
  name: string;
  spec: TrialSpec;
  /** The ordinary trial that a side experiment's trial is compared with. */
  of: string | null;
  /** The candidate whose second or later run it is. */
  candidate?: string;
}

/** A trial with what a search drew for it, or what a person changed for the whole stage. */
interface MadeTrial extends StageTrial {
  suggestion?: Suggestion;
  drawn?: DrawnSettings;
  override?: Overrides | null;
  /** Its stage was started early, and the trial is not one of those that were known then. */
  inTurn?: true;
}

/** What a search makes its trials from, as they are suggested. */
export interface SearchPlan extends Pick<SearchStage, 'evaluations' | 'parallel' | 'space'> {
  start: NamedConfig;
  spec: TrialSpec;
  profile: Profile;
  /** How many runs each configuration has. */
  repeats: number;
}

export interface StageOutcome {
  standings: TrialStanding[];
  /** null for a side experiment. */
  winner: Winner | null;
}

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
  const { studyId, stage, kind, question, search } = input;
  /** Undefined until it is known. */
  let plan: StagePlan | undefined = input.early ? undefined : input;
  const evaluations = search?.evaluations ?? null;
  const status: StageStatus = { stage, kind, question, evaluations, trials: [], failure: null, end: null };
  const show = () => setCurrentDetails(stageDetails(studyId, status));
  const pause = new Pause();
  const children = new Children(pause);
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
    show();
  });
  /** Each trial starts when the one before has, so that they reach the training queue in order, or nearly so. */
  let lastStarted: Promise<unknown> = Promise.resolve();
  const waitForDecision = takeDecisions(`stage ${stage}`, { retry: retryStageUpdate, hasSettings: true });

  if (plan) enterStart(plan);
  show();
  return showEarlyEnd(runAll, (end) => {
    status.end = end;
    show();
  });

  async function runAll(): Promise<StageOutcome> {
    const { trials } = plan ?? (await runEarlyTrials());
    if (!input.early) await runTrials(trials);
    if (search) await runSearch(search);

    for (;;) {
      const ended = status.trials.flatMap(({ standing }) => (standing ? [standing] : []));
      const standings = candidatesOf(ended).flatMap(({ runs }) => runs);
      const best = winnerOf(standings, input.ties) ?? null;
      if (best || !input.promotes) return { standings, winner: input.promotes ? best : null };
      const override = await park(`no trial has a score: ${describeOutcomes(standings)}`);
      await runTrials(trials.map((trial) => ({ ...trial, override })));
    }
  }

  /** Trains the trials that are known, and the others once the plan is there. */
  async function runEarlyTrials(): Promise<StagePlan> {
    const scope = new CancellationScope();
    const early = scope.run(() => runTrials(input.trials));
    const isPlanned = condition(() => plan !== undefined);
    await Promise.race([isPlanned, early.then(() => isPlanned)]);
    const { trials } = plan as StagePlan;
    const isKept = input.trials.every((known) => trials.some((trial) => isSame(trial, known)));
    if (!isKept) {
      // A person has changed settings of the stage before, so that other trials follow.
      scope.cancel();
      await early.catch((error) => {
        if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
      });
      lastStarted = Promise.resolve();
    }
    const added = isKept
      ? trials.filter((trial) => !input.trials.some((known) => isSame(trial, known)))
      : trials;
    status.trials = trials.map(({ name }) => rowOf(name));
    enterStart(plan as StagePlan);
    await all([isKept ? early : undefined, runTrials(added.map((trial) => ({ ...trial, inTurn: true })))]);
    return plan as StagePlan;
  }

  function enterStart({ start }: StagePlan): void {
    const rows = start.map(
      (standing): StageRow => ({ name: standing.name, epochs: null, standing, failure: null, drawn: null }),
    );
    status.trials.unshift(...rows);
  }

  async function runTrials(trials: readonly MadeTrial[]): Promise<void> {
    trials.forEach(enter);
    show();
    await all(longestFirst(trials).map(runTrial));
  }

  /** Gives a trial its row, or clears the row that it has. */
  function enter({ name, spec, drawn }: MadeTrial): void {
    const row = rowOf(name);
    row.epochs = spec.config.epochs;
    row.standing = null;
    row.drawn = drawn ?? null;
  }

  async function runTrial(trial: MadeTrial): Promise<void> {
    const { name, candidate, of, suggestion = null, override = null } = trial;
    const end = await endOf(trial);
    const changed = override || end.override ? { ...override, ...end.override } : null;
    const named = { name, ...(candidate !== undefined && { candidate }) };
    rowOf(name).standing = { ...named, ...end, takenOver: false, of, suggestion, override: changed };
    show();
  }

  /** Starts a trial, and again each time somebody ends its workflow without the stage. */
  async function endOf(trial: MadeTrial): Promise<TrialEnd> {
    for (let parked: string | undefined; ; ) {
      const started = lastStarted.then(() => startTrial(trial, parked));
      lastStarted = started;
      const child = await started;
      try {
        return await child.result();
      } catch (error) {
        if (CancellationScope.current().consideredCancelled) throw error;
        parked = describeEnd(error);
      }
    }
  }

  function startTrial(
    { name, spec, override, inTurn }: MadeTrial,
    parked: string | undefined,
  ): Promise<StartedChild<typeof trialWorkflow>> {
    return children.start(trialWorkflow, {
      ...(inTurn && { priority: PRIORITY.usual }),
      workflowId: trialWorkflowId(studyId, stage, name),
      args: [
        {
          studyId,
          stage,
          name,
          spec: { ...spec, config: asSpecified({ ...spec.config, ...override }) },
          ...(input.retrain && { retrain: true }),
          ...(input.heartbeatSeconds !== undefined && { heartbeatSeconds: input.heartbeatSeconds }),
          ...(parked !== undefined && { parked }),
        },
      ],
      typedSearchAttributes: typedSearchAttributes({
        StudyId: studyId,
        StageName: stage,
        TrialName: name,
        TrialStatus: 'queued',
        NeedsAttention: false,
      }),
      staticSummary: `${name}: ${plural(spec.config.epochs, 'epoch')}`,
    });
  }

  function rowOf(name: string): StageRow {
    const found = status.trials.find((each) => each.name === name);
    if (found) return found;
    const row: StageRow = { name, epochs: null, standing: null, failure: null, drawn: null };
    status.trials.push(row);
    return row;
  }

  /** Hands all trials to the queue, or as many lines of trials side by side as are allowed. */
  async function runSearch(plan: SearchPlan): Promise<void> {
    const waiting = await drawn(plan);
    const lines = trialsAtOnce(plan);
    if (lines === plan.evaluations) return runTrials(waiting);
    const trials: Promise<void>[] = [];
    /** Starts the next trial when the one before has ended or parked. */
    const line = async () => {
      for (let trial = waiting.shift(); trial; trial = waiting.shift()) {
        const trained = runTrials([trial]);
        trials.push(trained);
        await Promise.race([trained, condition(isParked(trial.name))]);
      }
    };
    await all(Array.from({ length: lines }, line));
    await all(trials);
  }

  function isParked(name: string): () => boolean {
    return () => status.trials.some((each) => each.name === name && each.failure !== null);
  }

  async function drawn(plan: SearchPlan): Promise<MadeTrial[]> {
    const { space, evaluations, start: from, spec, profile, repeats } = plan;
    const suggestions = await suggest({ space, seed: spec.seed, count: evaluations });
    return suggestions.flatMap((suggestion, index) =>
      asRuns(searchTrial(from, suggestion, profile, index), repeats).map(
        ({ name, config, run }): MadeTrial => ({
          name,
          ...(run && { candidate: run.candidate }),
          spec: { ...spec, config, seed: runSeed(spec.seed, run?.index ?? 0) },
          of: null,
          suggestion,
          drawn: asTrained(suggestion, profile),
        }),
      ),
    );
  }

  /** Waits for a person, who may change settings for the whole stage. */
  async function park(failure: string): Promise<Overrides | null> {
    status.failure = failure;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: true }));
    setCurrentDetails(failedStageDetails(workflowInfo().workflowId, stage, failure));
    await notifyAbove(studyId, failure);
    const decision = await waitForDecision();
    status.failure = null;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: false }));
    show();
    await notifyAbove(studyId, null);
    return decision.choice === 'retry' ? decision.overrides : null;
  }
}

// --- helpers ---

function isSame(one: StageTrial, other: StageTrial): boolean {
  return one.name === other.name && JSON.stringify(one.spec) === JSON.stringify(other.spec);
}

function describeEnd(error: unknown): string {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
  const how = isCancellation(cause)
    ? 'cancelled'
    : cause instanceof TerminatedFailure
      ? 'terminated'
      : `ended by a failure (${describeFailure(error)})`;
  return `its workflow was ${how}, and not by its study; its checkpoints are kept`;
}

function describeOutcomes(standings: TrialStanding[]): string {
  return standings
    .map((standing) => {
      const { name, message } = standing;
      return `${name} ${endInWords(standing)}${message ? ` (${message})` : ''}`;
    })
    .join(', ');
}
