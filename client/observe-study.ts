import { type Client, defaultPayloadConverter, type WorkflowExecutionDescription } from '@temporalio/client';
import type { DatasetSummary, TrialStanding, WeightsSummary } from '../study/record.ts';
import { QUERIES, stageWorkflowId, trialWorkflowId } from '../study/temporal-names.ts';
import type { EpochLine } from '../study/trial.ts';
import type { TrainingProgress } from '../training/messages.ts';
import type { StageStatus } from '../workflows/stage-workflow.ts';
import type { StageProgress, StudyStatus } from '../workflows/study-workflow.ts';
import type { TrialStatus } from '../workflows/trial-workflow.ts';

export interface TrialView {
  name: string;
  /** Workflow id. */
  id: string;
  state: 'queued' | 'training' | 'needsAttention' | 'done';
  /** null for a trial that has ended. */
  epochs: number | null;
  /** Steps of the epoch under way; absent where none is. */
  progress: TrainingProgress | undefined;
  lastLine: EpochLine | null;
  standing: TrialStanding | null;
  failure: string | null;
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
  dataset: DatasetSummary | null;
  /** What pretrained networks start from; null where there are none. */
  weights: WeightsSummary | null;
  stages: StageView[];
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
  return {
    studyId,
    title: status.title,
    profile: status.profile,
    workflowStatus: description.status.name,
    dataset: status.dataset,
    weights: status.weights,
    stages,
    attention: Object.entries(status.attention).map(([id, failure]) => attentionOf(status, id, failure)),
    test: status.test,
  };
}

// --- helpers ---

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
  const id = trialWorkflowId(studyId, stage, name);
  return {
    name,
    id,
    state: 'done',
    epochs: null,
    progress: undefined,
    lastLine: null,
    standing,
    failure: null,
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
  const progress = description && heartbeatOf(description);
  const state = failure ? 'needsAttention' : (status?.state ?? 'queued');
  return {
    name,
    id,
    state: progress && state === 'queued' ? 'training' : state,
    epochs: status?.spec.config.epochs ?? epochs,
    progress,
    lastLine: status?.lastLine ?? null,
    standing: status?.standing ?? null,
    failure: failure ?? status?.failure ?? null,
  };
}

/** The details of the training's last heartbeat: absent while it is queued, loading or evaluating. */
function heartbeatOf(description: WorkflowExecutionDescription): TrainingProgress | undefined {
  const [activity] = description.raw.pendingActivities ?? [];
  const [payload] = activity?.heartbeatDetails?.payloads ?? [];
  return payload
    ? (defaultPayloadConverter.fromPayload<TrainingProgress | null>(payload) ?? undefined)
    : undefined;
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
