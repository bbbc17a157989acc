import {
  type Client,
  QueryNotRegisteredError,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/common';
import type { DatasetProgress } from '../../activities/prepare-dataset.ts';
import { inputOfTrial } from '../../study/definition/input-form.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { candidateOfRun } from '../../study/plan/runs.ts';
import type { DatasetSummary, TrialStanding, WeightsSummary } from '../../study/record/record.ts';
import { measuredBy, type OtherMeasure } from '../../study/trial/measure.ts';
import { type EpochLine, heldOutImages, type TrialSpec } from '../../study/trial/trial.ts';
import { QUERIES, stageWorkflowId, trialWorkflowId } from '../../temporal/names.ts';
import type { TrainingProgress } from '../../trainer/protocol.ts';
import { type ExampleWord, exampleWord } from '../../words/examples.ts';
import type {
  DrawnSettings,
  FailedTry,
  SearchProgress,
  StageProgress,
  StageRow,
  StageStatus,
  StudyStatus,
  TrialStatus,
} from '../../workflows/status.ts';
import { type FailedAttempt, type PendingActivity, pendingActivity } from './pending-activity.ts';

export interface TrialView {
  name: string;
  /** Workflow id. */
  id: string;
  /** `cancelled`: its study is over, and it has no result. */
  state: TrialStatus['state'];
  /** null for a trial that has ended. */
  epochs: number | null;
  /** Training images in an epoch; null if unknown. */
  images: number | null;
  /** What they are called. Absent: images. */
  example?: ExampleWord;
  /** By what its epochs are ranked. Absent: accuracy. */
  measure?: OtherMeasure;
  /** From the last heartbeat; absent if there was none. */
  progress: TrainingProgress | undefined;
  lastLine: EpochLine | null;
  standing: TrialStanding | null;
  /** Settings that a search drew for it, with epochs as the profile scales them; null for any other trial. */
  drawn: DrawnSettings | null;
  /** Why it needs attention. */
  failure: string | null;
  /** The last attempt, if it failed and the next one starts automatically. */
  failedAttempt: FailedAttempt | null;
}

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
  /** What waits to be retried or skipped. */
  attention: Attention[];
  /** Whether somebody has paused it, and it has not ended. */
  isPaused: boolean;
  test: StudyStatus['test'];
}

export interface Attention {
  /** Workflow id. */
  id: string;
  /** Of the trial or stage, as `retry` and `skip` take it. */
  name: string;
  kind: 'trial' | 'stage' | 'test';
  failure: string;
}

/** Stages that have ended, whose trials don't change any more, by the run of the study's workflow and the stage's name. */
export type EndedStages = Map<string, StageView>;

/**
 * Reads a study's state from its workflow, those of its stages, and those of its unfinished trials.
 *
 * @param ended for the same study seen several times: stages that have ended are read once.
 */
export async function viewStudy(
  client: Client,
  studyId: string,
  ended: EndedStages = new Map(),
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
      const known = ended.get(key);
      // A verdict may come a little later than the stage's end.
      if (known) return { ...stage, trials: known.trials };
      if (stage.state === 'done') {
        const standings = await handle.query<TrialStanding[], [string]>(QUERIES.stageStandings, stage.name);
        const view = { ...stage, trials: endedTrials(status, stage, standings) };
        ended.set(key, view);
        return view;
      }
      const { trials, search } = await unfinishedStage(client, studyId, stage.name);
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
    attention: isRunning
      ? Object.entries(status.attention).map(([id, failure]) => attentionOf(status, id, failure))
      : [],
    isPaused: isRunning && status.isPaused,
    test: status.test,
  };
}

/** A trial that a long search no longer lists; undefined if no search of the study has one of this name. */
export async function unlistedTrial(
  client: Client,
  { studyId, stages }: Pick<StudyView, 'studyId' | 'stages'>,
  name: string,
): Promise<TrialView | undefined> {
  for (const stage of stages) {
    if (stage.evaluations === null || stage.trials.length > stage.evaluations) continue;
    const trial = client.workflow.getHandle(trialWorkflowId(studyId, stage.name, name));
    if (!(await ifStarted(trial.query<TrialStatus>(QUERIES.trialStatus)))) continue;
    return unfinishedTrial(client, studyId, stage.name, {
      name,
      epochs: null,
      standing: null,
      failure: null,
      drawn: null,
    });
  }
  return undefined;
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

function attentionOf({ studyId, stages }: StudyStatus, id: string, failure: string): Attention {
  if (id === studyId) {
    return { id, name: stages.find(({ kind }) => kind === 'test')?.name ?? 'test', kind: 'test', failure };
  }
  const [, stage = '', trial] = id.split('/');
  return trial === undefined
    ? { id, name: stage, kind: 'stage', failure }
    : { id, name: trial, kind: 'trial', failure };
}

async function unfinishedStage(
  client: Client,
  studyId: string,
  stage: string,
): Promise<Pick<StageView, 'trials' | 'search'>> {
  const status = await ifStarted(
    client.workflow.getHandle(stageWorkflowId(studyId, stage)).query<StageStatus>(QUERIES.stageStatus),
  );
  const trials = await Promise.all(
    (status?.trials ?? []).map((row) =>
      row.standing
        ? endedTrial(studyId, stage, row.standing, row.drawn ?? null)
        : unfinishedTrial(client, studyId, stage, row),
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

/** What is left of a trial whose study is over. */
function cancelled(trial: TrialView): TrialView {
  if (trial.standing) return trial;
  return { ...trial, state: 'cancelled', progress: undefined, failure: null, failedAttempt: null };
}

function endedTrial(
  studyId: string,
  stage: string,
  standing: TrialStanding,
  drawn: DrawnSettings | null,
): TrialView {
  const { name } = standing;
  return {
    name,
    id: trialWorkflowId(studyId, stage, name),
    state: 'done',
    epochs: null,
    images: null,
    progress: undefined,
    lastLine: null,
    standing,
    drawn,
    failure: null,
    failedAttempt: null,
  };
}

async function unfinishedTrial(
  client: Client,
  studyId: string,
  stage: string,
  { name, epochs, drawn, failure, isWaiting }: StageRow,
): Promise<TrialView> {
  const id = trialWorkflowId(studyId, stage, name);
  const handle = client.workflow.getHandle(id);
  const [description, status] = isWaiting
    ? []
    : await Promise.all([
        ifStarted(handle.describe()),
        ifStarted(handle.query<TrialStatus>(QUERIES.trialStatus)),
      ]);
  const activity = description && pendingActivity(description);
  // The server also keeps the last heartbeat of a failed attempt.
  const progress = activity?.isUnderWay ? (activity.details as TrainingProgress | undefined) : undefined;
  return {
    name,
    id,
    state: failure ? 'needsAttention' : stateOf(status, activity),
    epochs: status?.spec.config.epochs ?? epochs,
    images: status ? imagesOf(status.spec) : null,
    ...(status && { example: exampleWord(inputOfTrial(status.spec.data)) }),
    ...measuredBy(status?.spec.rankBy),
    progress,
    lastLine: status?.lastLine ?? null,
    standing: status?.end
      ? {
          ...asRun(name),
          ...status.end,
          ...measuredBy(status.spec.rankBy),
          takenOver: false,
          of: null,
          suggestion: null,
        }
      : null,
    drawn: drawn ?? null,
    failure: failure ?? status?.failure ?? null,
    failedAttempt: failedAttemptOf(status?.failedTry ?? null, activity),
  };
}

function asRun(name: string): Pick<TrialStanding, 'name' | 'candidate'> {
  const candidate = candidateOfRun(name);
  return candidate === name ? { name } : { name, candidate };
}

function stateOf(status: TrialStatus | undefined, activity: PendingActivity | undefined): TrialView['state'] {
  const state = status?.state ?? 'queued';
  if (state !== 'queued' && state !== 'training') return state;
  if (activity?.isPaused) return 'paused';
  return activity?.isUnderWay && activity.details ? 'training' : state;
}

/** Temporal retries some failures by itself, and the workflow the others; their attempts are counted together. */
function failedAttemptOf(
  before: FailedTry | null,
  activity: PendingActivity | undefined,
): FailedAttempt | null {
  const { failed = null, isUnderWay = false } = activity ?? {};
  if (failed) return { ...failed, attempt: failed.attempt + (before?.attempt ?? 0) };
  if (!before) return null;
  return { ...before, isNextUnderWay: isUnderWay, nextAt: activity ? null : before.nextAt };
}

function imagesOf({ data }: TrialSpec): number {
  return data.trainImages - heldOutImages(data.trainImages, data.validationFraction);
}

/** Undefined if a child workflow has not started, or has not run its first task. */
async function ifStarted<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError) return undefined;
    throw error;
  }
}
