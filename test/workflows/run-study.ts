/** Runs studies on the suite's Temporal server with activities that don't train. */
import { ApplicationFailure, activityInfo, heartbeat } from '@temporalio/activity';
import { afterAll, beforeAll } from 'vitest';
import type { ControlActivities } from '../../activities/control-activities.ts';
import type { Asked, Suggested } from '../../activities/suggest.ts';
import type { TrainEnd } from '../../activities/train.ts';
import type { TrainingActivities } from '../../activities/training-activities.ts';
import type { VerdictInBrief } from '../../study/record/comparison-record.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { CONTROL_QUEUE } from '../../temporal/names.ts';
import type { StudyRequest, studyWorkflow } from '../../workflows/study-workflow.ts';
import { recordHistories } from './histories.ts';
import { openNamespace } from './namespace.ts';
import { smallRequest } from './small-study.ts';

export type Train = (input: { spec: TrialSpec; alone?: boolean }) => Promise<TrainEnd>;
export type Outcome = Awaited<ReturnType<typeof studyWorkflow>>;
/** What a study had written of its stages, and of itself. */
interface Written {
  stages: Parameters<ControlActivities['writeStage']>[0]['stage'][];
  tested: string[];
}
type Temporal = Awaited<ReturnType<typeof openNamespace>>;
type Handle = Awaited<ReturnType<typeof start>>;

export const dataset = {
  sha256: 'd'.repeat(64),
  trainImages: 1000,
  testImages: 50,
  origin: { kind: 'other' as const },
};

export const weights = {
  sha256: 'e'.repeat(64),
  tensors: 4,
  origin: {
    kind: 'other' as const,
    source: '/weights.pth',
    fileSha256: 'f'.repeat(64),
    format: 'torch.save, zip' as const,
  },
};

/** Not those of this version: a study keeps the numerics that it was started with. */
const numerics = 7;

let temporal: Temporal;
/** What the activities of each study under way do, by the study's id. */
const underWay = new Map<string, Fakes & Seen>();

/** To be called by every test file that runs studies: one pair of workers serves them all, side by side. */
export function useTemporal({ slots = 50 } = {}): () => Temporal {
  let stop = () => {};
  let working: Promise<void>;
  beforeAll(async () => {
    temporal = await openNamespace();
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    working = temporal.withWorkers(
      { control: control(), training: training(), slots, numerics },
      () => stopped,
    );
  });
  afterAll(async () => {
    stop();
    await working;
    await temporal.close();
  });
  return () => temporal;
}

interface Fakes {
  train: Train;
  request?: StudyRequest;
  suggest?: ControlActivities['suggest'];
  /** The verdict of a stage. */
  compare?: (stage: { name: string }) => Promise<VerdictInBrief | null>;
  /** Fails the final test while it returns true. */
  testFails?: () => boolean;
}

/** What a study asked of its activities. */
interface Seen {
  /** In order of their ends; a study that is reset writes again. */
  written: Written[];
  stages: Map<string, Written['stages'][number]>;
  tested: unknown[];
  compared: unknown[];
  prepared: unknown[];
  opened: unknown[];
}

/** Runs a study with a fake `train` while `use` looks at it. */
export async function run(
  studyId: string,
  fakes: Fakes,
  use: (handle: Handle) => Promise<void>,
): Promise<Seen> {
  const seen: Seen = { written: [], stages: new Map(), tested: [], compared: [], prepared: [], opened: [] };
  underWay.set(studyId, { ...fakes, ...seen });
  await use(await start(studyId, fakes.request ?? smallRequest()));
  if (process.env.RECORD_HISTORIES) await recordHistories(temporal.client, studyId);
  return seen;
}

/** Runs a study to its end, with scores that `report` gives. */
export async function runToEnd(
  studyId: string,
  report: (spec: TrialSpec) => TrainEnd,
  request: StudyRequest = smallRequest(),
) {
  const specs: TrialSpec[] = [];
  let outcome: Outcome | undefined;
  const train: Train = async ({ spec }) => {
    specs.push(spec);
    return report(spec);
  };
  const rest = await run(studyId, { train, request }, async (handle) => {
    outcome = await handle.result();
  });
  if (!outcome) throw new Error('the study gave no outcome');
  return { specs, outcome, ...rest };
}

export function trained(spec: TrialSpec, score: number | null, message: string | null = null): TrainEnd {
  const outcome = score === null ? 'diverged' : 'completed';
  return {
    status: 'trained',
    result: { trialKey: trialKey(spec), outcome, score, bestEpoch: 1, reused: false, message },
  };
}

/** How many workflows of a study need attention: the study, its stages, its trials. */
export async function countNeedingAttention(studyId: string): Promise<number> {
  const query = `NeedsAttention = true AND (StudyId = '${studyId}' OR WorkflowId = '${studyId}')`;
  return countWorkflows(query);
}

export async function countWorkflows(query: string): Promise<number> {
  return (await temporal.client.workflow.count(query)).count;
}

/** What the Temporal UI shows of a workflow under "Current Details". */
export async function currentDetails(client: Temporal['client'], workflowId: string): Promise<string> {
  const { currentDetails: details } = await client.workflow
    .getHandle(workflowId)
    .query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return details;
}

export function innermost(error: unknown): Error {
  let cause = error as Error;
  while (cause.cause instanceof Error) cause = cause.cause;
  return cause;
}

// --- helpers ---

/** The study that the current activity belongs to. */
function current(): Fakes & Seen & { studyId: string } {
  const [studyId = ''] = activityInfo().workflowExecution?.workflowId.split('/') ?? [];
  const study = underWay.get(studyId);
  if (!study) throw new Error(`no study ${studyId} is under way`);
  return { ...study, studyId };
}

function control(): Partial<ControlActivities> {
  return {
    prepareDataset: async () => dataset,
    prepareWeights: async (asked) => {
      current().prepared.push(asked);
      return weights;
    },
    openStudy: async (opening) => {
      current().opened.push(opening);
      return { numerics, objectsUrl: null };
    },
    suggest: async (asked) => {
      const { suggest = inSteps } = current();
      return suggest(asked);
    },
    // The store has the first two repetitions.
    findRepetition: async () => ({ repetition: 2, earlier: 'c'.repeat(64) }),
    compareRepetitions: async (keys) => {
      current().compared.push(keys);
      return { earlier: keys.earlier, sameWeights: true, firstDifferentEpoch: null, sameEnvironment: true };
    },
    writeStage: async ({ stage }) => {
      const { stages, compare } = current();
      stages.set(stage.name, stage);
      return { verdict: (await compare?.(stage)) ?? null };
    },
    writeRecord: async ({ stages, tested }) => {
      const study = current();
      const { written, studyId } = study;
      const ended = stages.map((name) => study.stages.get(name)).filter((stage) => stage !== undefined);
      written.push({ stages: ended, tested });
      return { recordKey: `studies/${studyId}/record.json` };
    },
    writeReport: async () => {},
  };
}

async function inSteps({ count, suggested }: Asked): Promise<Suggested> {
  const values = Array.from({ length: count }, (_, index) => ({
    learningRate: (suggested + index + 1) / 1000,
    epochs: 20,
  }));
  return { values, seeds: 0 };
}

function training(): Partial<TrainingActivities> {
  return {
    train: async (input) => {
      // A cancellation arrives with a heartbeat.
      const beat = setInterval(() => heartbeat(), 100);
      return current()
        .train(input)
        .finally(() => clearInterval(beat));
    },
    evaluateTest: async (job) => {
      const { testFails, tested } = current();
      if (testFails?.()) throw ApplicationFailure.nonRetryable('no weights', 'DamagedData');
      tested.push(job);
      return { status: 'tested', score: { images: 50, accuracy: 55, loss: 1 } };
    },
  };
}

function start(studyId: string, request: StudyRequest) {
  return temporal.client.workflow.start<typeof studyWorkflow>('studyWorkflow', {
    workflowId: studyId,
    taskQueue: CONTROL_QUEUE,
    args: [request],
  });
}
