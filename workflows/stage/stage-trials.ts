import {
  CancellationScope,
  ChildWorkflowFailure,
  isCancellation,
  TerminatedFailure,
} from '@temporalio/workflow';
import { asSpecified } from '../../study/plan/plan.ts';
import { longestFirst } from '../../study/plan/trial-work.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import { MOST_AT_ONCE } from '../../study/search/rounds.ts';
import { measuredBy } from '../../study/trial/measure.ts';
import { trialWorkflowId } from '../../temporal/names.ts';
import { plural } from '../../words/numbers.ts';
import type { Children, StartedChild } from '../children.ts';
import { describeFailure } from '../early-end.ts';
import { type RungDecision, rungDecidedSignal } from '../halting.ts';
import { PRIORITY } from '../priorities.ts';
import { typedSearchAttributes } from '../search-attributes.ts';
import type { StageRow, StageStatus, TrialEnd } from '../status.ts';
import { trialWorkflow } from '../trial-workflow.ts';
import { inLines } from './lines.ts';
import type { MadeTrial, StageInput } from './stage-input.ts';

/** The trials of a stage's workflow: it starts them, and keeps their rows in the stage's status. */
export type StageTrials = ReturnType<typeof stageTrials>;

export function stageTrials(
  { studyId, stage, retrain, heartbeatSeconds }: StageInput,
  { status, children }: { status: StageStatus; children: Children },
) {
  /** Each trial starts when the one before has, so that they reach the training queue in order, or nearly so. */
  let lastStarted: Promise<unknown> = Promise.resolve();

  const running = new Map<string, StartedChild<typeof trialWorkflow>>();

  return { enter, rowOf, parked, train, trainAll, tell, startAnew };

  /** Trains several to their ends, the longest first. */
  async function trainAll(trials: readonly MadeTrial[]): Promise<void> {
    trials.forEach(enter);
    const waiting = longestFirst(trials);
    for (const { name } of waiting.slice(MOST_AT_ONCE)) rowOf(name).isWaiting = true;
    await inLines(Math.min(waiting.length, MOST_AT_ONCE), {
      next: async () => waiting.shift(),
      train,
      parked: ({ name }) => parked([name]),
    });
  }

  /** Trains one to its end, which it enters in the trial's row. */
  async function train(trial: MadeTrial): Promise<TrialStanding> {
    const { name, candidate, spec, of, suggestion = null, override = null } = trial;
    delete rowOf(name).isWaiting;
    const ended = await endOf(trial);
    const { rungScores: _, ...end } = ended;
    const arrivals = trial.rungs?.ended(ended) ?? [];
    const changed = override || end.override ? { ...override, ...end.override } : null;
    const standing = {
      name,
      ...(candidate !== undefined && { candidate }),
      ...end,
      ...measuredBy(spec.rankBy),
      takenOver: false,
      of,
      suggestion,
      override: changed,
      ...(arrivals.length > 0 && { arrivals }),
    };
    rowOf(name).standing = standing;
    return standing;
  }

  /** Gives a trial its row, or clears the row that it has. */
  function enter({ name, spec, drawn }: MadeTrial): void {
    const row = rowOf(name);
    row.epochs = spec.config.epochs;
    row.standing = null;
    row.drawn = drawn ?? null;
  }

  function rowOf(name: string): StageRow {
    const found = status.trials.find((each) => each.name === name);
    if (found) return found;
    const row: StageRow = { name, epochs: null, standing: null, failure: null, drawn: null };
    status.trials.push(row);
    return row;
  }

  /** @returns whether trials that have a row wait for a person: all of them that have not ended. */
  function parked(names: readonly string[]): () => boolean {
    const rows = status.trials.filter(({ name }) => names.includes(name));
    return () => {
      const open = rows.filter(({ standing }) => !standing);
      return open.length > 0 && open.every(({ failure }) => failure !== null);
    };
  }

  /** Tells a trial whether it goes on. One that has just ended takes no signal; if it is started again, it asks again. */
  function tell({ name, ...decision }: RungDecision & { name: string }): void {
    running
      .get(name)
      ?.signal(rungDecidedSignal, decision)
      .catch(() => {});
  }

  /** Trials that were cancelled before they had started hold up no others. */
  function startAnew(): void {
    lastStarted = Promise.resolve();
  }

  /** Starts a trial, and again each time somebody ends its workflow without the stage. */
  async function endOf(trial: MadeTrial): Promise<TrialEnd> {
    for (let parked: string | undefined; ; ) {
      const started = lastStarted.then(() => start(trial, parked));
      lastStarted = started;
      const child = await started;
      running.set(trial.name, child);
      try {
        return await child.result();
      } catch (error) {
        if (CancellationScope.current().consideredCancelled) throw error;
        parked = describeEnd(error);
      } finally {
        running.delete(trial.name);
      }
    }
  }

  function start(
    { name, spec, override, rungs, inTurn }: MadeTrial,
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
          ...(rungs && rungs.ahead.length > 0 && { rungs: rungs.ahead }),
          ...(retrain && { retrain: true }),
          ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
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
}

// --- helpers ---

function describeEnd(error: unknown): string {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
  const how = isCancellation(cause)
    ? 'cancelled'
    : cause instanceof TerminatedFailure
      ? 'terminated'
      : `ended by a failure (${describeFailure(error)})`;
  return `its workflow was ${how}, and not by its study; its checkpoints are kept`;
}
