import { type Client, type WorkflowExecutionDescription, WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/common';
import type { DatasetProgress } from '../../activities/prepare-dataset.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import type { DatasetSummary, TrialStanding, WeightsSummary } from '../../study/record/record.ts';
import { QUERIES, stageWorkflowId } from '../../temporal/names.ts';
import type { ExampleWord } from '../../words/examples.ts';
import type { SearchProgress, StageProgress, StageStatus, StudyStatus } from '../../workflows/status.ts';
import { ownTrials } from './named-trials.ts';
import { type FailedAttempt, type PendingActivity, pendingActivity } from './pending-activity.ts';
import { fullName } from './trial-names.ts';
import {
  cancelled,
  endedTrial,
  ifStarted,
  type SeenTrials,
  type TrialView,
  unfinishedTrial,
} from './view-trial.ts';

export interface StageView extends StageProgress {
  /** Of a long search: those that have not ended, the newest and the best. */
  trials: TrialView[];
  /** How far a search is; absent before it starts, and for other stages. */
  search?: SearchProgress;
}

/** A study at one moment, as `run` and `show` print it. */
export interface StudyView {
  studyId: string;
  title: string;
  profile: string;
  /** Temporal's status of the study's workflow. */
  workflowStatus: WorkflowExecutionDescription['status']['name'];
  /** Why it failed; null if it did not. */
  failure: string | null;
  dataset: DatasetSummary | null;
  /** While the data set is prepared. */
  datasetProgress: DatasetProgress | null;
  images: StudyStatus['images'];
  /** What these are called. Absent: images. */
  example?: ExampleWord;
  /** What pretrained networks start from; null if there are none. */
  weights: WeightsSummary | null;
  stages: StageView[];
  /** A failed attempt at something outside the stages: data set, final test, record, report. */
  failedAttempt: (FailedAttempt & { of: string }) | null;
  /** What waits to be retried or skipped, in the order of the stages. */
  attention: Attention[];
  /** Whether somebody has paused it, and it has not ended. */
  isPaused: boolean;
  test: StudyStatus['test'];
}

export interface Attention {
  /** Workflow id. */
  id: string;
  /** Of the trial or stage, as `retry` and `skip` take it: with the stage, if it isn't the only one of this name. */
  name: string;
  kind: 'trial' | 'stage' | 'test';
  failure: string;
}

/** What was read of a study before, so that nobody is asked for what can't have changed. */
export interface Seen {
  /** Stages that have ended, by the run of the study's workflow and the stage's name. */
  endedStages: Map<string, StageView>;
  trials: SeenTrials;
}

export function nothingSeen(): Seen {
  return { endedStages: new Map(), trials: new Map() };
}

/**
 * Reads a study's state from its workflow, those of its stages, and those of its unfinished trials.
 *
 * @param seen for the same study seen several times.
 */
export async function viewStudy(
  client: Client,
  studyId: string,
  seen: Seen = nothingSeen(),
): Promise<StudyView> {
  const handle = client.workflow.getHandle(studyId);
  const [description, status] = await Promise.all([
    handle.describe(),
    handle.query<StudyStatus>(QUERIES.studyStatus),
  ]);
  const isRunning = description.status.name === 'RUNNING';
  const stages = await Promise.all(
    status.stages.map(async (stage) => {
      if (stage.kind === 'test' || stage.state === 'waiting') return { ...stage, trials: [] };
      const key = `${description.runId}/${stage.name}`;
      const known = seen.endedStages.get(key);
      // A verdict may come a little later than the stage's end.
      if (known) return { ...stage, trials: known.trials };
      if (stage.state === 'done') {
        const standings = await handle.query<TrialStanding[], [string]>(QUERIES.stageStandings, stage.name);
        const view = { ...stage, trials: endedTrials(status, stage, standings) };
        seen.endedStages.set(key, view);
        return view;
      }
      const { trials, search } = await unfinishedStage(client, studyId, stage.name, seen.trials);
      const view = { ...stage, ...(search && { search }) };
      // A terminated workflow can't note its own end.
      return isRunning
        ? { ...view, trials }
        : { ...view, state: 'cancelled' as const, trials: trials.map(cancelled) };
    }),
  );
  const activity = isRunning ? pendingActivity(description) : undefined;
  return {
    studyId,
    title: status.title,
    profile: status.profile,
    workflowStatus: description.status.name,
    failure: description.status.name === 'FAILED' ? await failureOfStudy(client, studyId) : null,
    dataset: status.dataset,
    datasetProgress:
      activity?.type === 'prepareDataset' ? ((activity.details as DatasetProgress) ?? null) : null,
    images: status.images,
    ...(status.example && { example: status.example }),
    weights: status.weights,
    stages,
    failedAttempt: activity?.failed ? { ...activity.failed, of: nameOf(activity) } : null,
    attention: isRunning ? attentionInOrder(studyId, stages, status.attention) : [],
    isPaused: isRunning && status.isPaused,
    test: status.test,
  };
}

// --- helpers ---

function nameOf({ type }: PendingActivity): string {
  const names: Record<string, string> = {
    prepareDataset: 'data set',
    openStudy: 'study.json',
    evaluateTest: 'final test',
    writeStage: 'record',
    writeRecord: 'record',
    writeReport: 'report',
  };
  return names[type] ?? type;
}

/** The message of the failed activity; Temporal's UI shows what caused it. */
async function failureOfStudy(client: Client, studyId: string): Promise<string> {
  try {
    await client.workflow.getHandle(studyId).result();
    return '';
  } catch (error) {
    let cause: unknown = error instanceof WorkflowFailedError ? error.cause : error;
    while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause)
      cause = cause.cause;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function attentionInOrder(
  studyId: string,
  stages: readonly StageView[],
  failures: StudyStatus['attention'],
): Attention[] {
  const place = ({ id, kind }: Attention) =>
    stages.findIndex((stage) => (kind === 'test' ? stage.kind === 'test' : stage.name === id.split('/')[1]));
  return Object.entries(failures)
    .map(([id, failure]) => attentionOf(studyId, stages, id, failure))
    .sort((one, other) => place(one) - place(other));
}

function attentionOf(studyId: string, stages: readonly StageView[], id: string, failure: string): Attention {
  if (id === studyId) {
    return { id, name: stages.find(({ kind }) => kind === 'test')?.name ?? 'test', kind: 'test', failure };
  }
  const [, stage = '', trial] = id.split('/');
  if (trial === undefined) return { id, name: stage, kind: 'stage', failure };
  const isShared =
    stages.some(({ name }) => name === trial) ||
    ownTrials(stages).some((other) => other.name === trial && other.stage !== stage);
  return { id, name: isShared ? fullName({ stage, name: trial }) : trial, kind: 'trial', failure };
}

async function unfinishedStage(
  client: Client,
  studyId: string,
  stage: string,
  seen: SeenTrials,
): Promise<Pick<StageView, 'trials' | 'search'>> {
  const status = await ifStarted(
    client.workflow.getHandle(stageWorkflowId(studyId, stage)).query<StageStatus>(QUERIES.stageStatus),
  );
  const trials = await Promise.all(
    (status?.trials ?? []).map((row) =>
      row.standing
        ? endedTrial(studyId, stage, row.standing, row.drawn ?? null)
        : unfinishedTrial(client, studyId, stage, row, seen),
    ),
  );
  return { trials, ...(status?.search && { search: status.search }) };
}

function endedTrials(
  { studyId, epochDivisor }: StudyStatus,
  stage: StageProgress,
  standings: readonly TrialStanding[],
): TrialView[] {
  return standings.map((standing) => {
    const isDrawn = stage.kind === 'search' && !standing.takenOver && standing.suggestion !== null;
    const { network, ...settings } = standing.suggestion ?? {};
    const drawn = isDrawn
      ? { ...asTrained(settings, { epochDivisor }), ...(network !== undefined && { network }) }
      : null;
    return endedTrial(studyId, stage.name, standing, drawn);
  });
}
