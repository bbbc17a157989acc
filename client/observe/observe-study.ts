import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { DatasetProgress } from '../../activities/prepare-dataset.ts';
import type { DatasetSummary, TrialStanding, WeightsSummary } from '../../study/record/record.ts';
import { type EpochLine, heldOutImages, type TrialSpec } from '../../study/trial/trial.ts';
import { QUERIES, stageWorkflowId, trialWorkflowId } from '../../temporal/names.ts';
import type { TrainingProgress } from '../../trainer/protocol.ts';
import type { StageStatus } from '../../workflows/stage-workflow.ts';
import type { StageProgress, StudyStatus } from '../../workflows/study-workflow.ts';
import type { TrialStatus } from '../../workflows/trial-workflow.ts';
import { failureOfStudy } from './failure-of-study.ts';
import { type FailedAttempt, type PendingActivity, pendingActivity } from './pending-activity.ts';

export interface TrialView {
  name: string;
  /** Workflow id. */
  id: string;
  state: 'queued' | 'training' | 'needsAttention' | 'done';
  /** null for a trial that has ended. */
  epochs: number | null;
  /** Images that an epoch trains on; null where that is not known. */
  images: number | null;
  /** As the last heartbeat told it; absent where there was none. */
  progress: TrainingProgress | undefined;
  lastLine: EpochLine | null;
  standing: TrialStanding | null;
  /** Why it needs attention. */
  failure: string | null;
  /** The last attempt, where that failed and the next one comes by itself. */
  failedAttempt: FailedAttempt | null;
}

export interface StageView extends Omit<StageProgress, 'standings'> {
  trials: TrialView[];
}

/** A study at one moment, as `run` and `show` print it. */
export interface StudyView {
  studyId: string;
  title: string;
  profile: string;
  /** Temporal's status of the study's workflow. */
  workflowStatus: WorkflowExecutionDescription['status']['name'];
  /** Why it failed, where it did. */
  failure: string | null;
  dataset: DatasetSummary | null;
  /** How far the data set is, while it is prepared. */
  datasetProgress: DatasetProgress | null;
  images: StudyStatus['images'];
  /** What pretrained networks start from; null where there are none. */
  weights: WeightsSummary | null;
  stages: StageView[];
  /** What the study itself does beside its stages (data set, final test, record), where an attempt of that failed. */
  failedAttempt: (FailedAttempt & { of: string }) | null;
  /** What waits for a person: trials, a stage as a whole, or the final test. */
  attention: Attention[];
  test: StudyStatus['test'];
}

export interface Attention {
  /** Workflow id of what waits. */
  id: string;
  /** What `retry` and `skip` call it: the name of the trial or stage. */
  name: string;
  kind: 'trial' | 'stage' | 'test';
  failure: string;
}

/** Reads a study's state from its workflows: the study's, its stages' and those of the trials under way. */
export async function viewStudy(client: Client, studyId: string): Promise<StudyView> {
  const handle = client.workflow.getHandle(studyId);
  const [description, status] = await Promise.all([
    handle.describe(),
    handle.query<StudyStatus>(QUERIES.studyStatus),
  ]);
  const stages = await Promise.all(
    status.stages.map(async ({ standings, ...stage }) => ({
      ...stage,
      trials:
        stage.kind !== 'test' && stage.state === 'running'
          ? await trialsUnderWay(client, studyId, stage.name)
          : standings.map((standing) => endedTrial(studyId, stage.name, standing)),
    })),
  );
  const activity = pendingActivity(description);
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
    weights: status.weights,
    stages,
    failedAttempt: activity?.failed ? { ...activity.failed, of: nameOf(activity) } : null,
    attention: Object.entries(status.attention).map(([id, failure]) => attentionOf(status, id, failure)),
    test: status.test,
  };
}

// --- helpers ---

function nameOf({ type }: PendingActivity): string {
  const names: Record<string, string> = {
    prepareDataset: 'data set',
    openStudy: 'study.json',
    evaluateTest: 'final test',
    writeRecord: 'record',
    writeReport: 'report',
  };
  return names[type] ?? type;
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

async function trialsUnderWay(client: Client, studyId: string, stage: string): Promise<TrialView[]> {
  const status = await ifStarted(
    client.workflow.getHandle(stageWorkflowId(studyId, stage)).query<StageStatus>(QUERIES.stageStatus),
  );
  return Promise.all(
    (status?.trials ?? []).map(({ name, epochs, standing, failure }) =>
      standing
        ? endedTrial(studyId, stage, standing)
        : openTrial(client, studyId, stage, { name, epochs, failure }),
    ),
  );
}

function endedTrial(studyId: string, stage: string, standing: TrialStanding): TrialView {
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
    failure: null,
    failedAttempt: null,
  };
}

async function openTrial(
  client: Client,
  studyId: string,
  stage: string,
  { name, epochs, failure }: { name: string; epochs: number | null; failure: string | null },
): Promise<TrialView> {
  const id = trialWorkflowId(studyId, stage, name);
  const handle = client.workflow.getHandle(id);
  const [description, status] = await Promise.all([
    ifStarted(handle.describe()),
    ifStarted(handle.query<TrialStatus>(QUERIES.trialStatus)),
  ]);
  const activity = description && pendingActivity(description);
  // The server keeps the last heartbeat of an attempt that has failed.
  const progress = activity?.isUnderWay ? (activity.details as TrainingProgress | undefined) : undefined;
  const state = failure ? 'needsAttention' : (status?.state ?? 'queued');
  return {
    name,
    id,
    state: progress && state === 'queued' ? 'training' : state,
    epochs: status?.spec.config.epochs ?? epochs,
    images: status ? imagesOf(status.spec) : null,
    progress,
    lastLine: status?.lastLine ?? null,
    standing: status?.end ? { name, ...status.end, takenOver: false, of: null, suggestion: null } : null,
    failure: failure ?? status?.failure ?? null,
    failedAttempt: activity?.failed ?? null,
  };
}

function imagesOf({ data }: TrialSpec): number {
  return data.trainImages - heldOutImages(data.trainImages, data.validationFraction);
}

/** A child workflow may not have started yet, or not have run its first task. */
async function ifStarted<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && ['WorkflowNotFoundError', 'QueryNotRegisteredError'].includes(error.name))
      return undefined;
    throw error;
  }
}
