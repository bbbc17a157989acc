import {
  type Client,
  QueryNotRegisteredError,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { inputOfTrial } from '../../study/definition/input-form.ts';
import { candidateOfRun } from '../../study/plan/runs.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import { measuredBy, type OtherMeasure } from '../../study/trial/measure.ts';
import { type EpochLine, heldOutImages, type TrialSpec } from '../../study/trial/trial.ts';
import { QUERIES, trialWorkflowId } from '../../temporal/names.ts';
import type { TrainingProgress } from '../../trainer/protocol.ts';
import { type ExampleWord, exampleWord } from '../../words/examples.ts';
import type { DrawnSettings, FailedTry, StageRow, TrialStatus } from '../../workflows/status.ts';
import { type FailedAttempt, type PendingActivity, pendingActivity } from './pending-activity.ts';

/** A trial at one moment. */
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

/** What is left of a trial whose study is over. */
export function cancelled(trial: TrialView): TrialView {
  if (trial.standing) return trial;
  return { ...trial, state: 'cancelled', progress: undefined, failure: null, failedAttempt: null };
}

/** A trial that has ended, as its stage has it. */
export function endedTrial(
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

/** What the workflows of trials have answered, by workflow id, and after how many events of which run. */
export type SeenTrials = Map<
  string,
  { runId: string; historyLength: number; status: TrialStatus | undefined }
>;

/**
 * A trial that may not have ended, as its own workflow has it.
 *
 * @param seen for the same trial seen several times: its workflow is asked only after new events, because each query takes time of
 *   a worker and the server.
 */
export async function unfinishedTrial(
  client: Client,
  studyId: string,
  stage: string,
  { name, epochs, drawn, failure, isWaiting }: StageRow,
  seen: SeenTrials = new Map(),
): Promise<TrialView> {
  const id = trialWorkflowId(studyId, stage, name);
  const handle = client.workflow.getHandle(id);
  const description = isWaiting ? undefined : await ifStarted(handle.describe());
  const status = description && (await statusOf(handle, description, seen));
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

/** Undefined if a child workflow has not started, or has not run its first task. */
export async function ifStarted<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError) return undefined;
    throw error;
  }
}

// --- helpers ---

async function statusOf(
  handle: WorkflowHandle,
  { runId, historyLength }: WorkflowExecutionDescription,
  seen: SeenTrials,
): Promise<TrialStatus | undefined> {
  const before = seen.get(handle.workflowId);
  if (before?.runId === runId && before.historyLength === historyLength) return before.status;
  const status = await ifStarted(handle.query<TrialStatus>(QUERIES.trialStatus));
  seen.set(handle.workflowId, { runId, historyLength, status });
  return status;
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
