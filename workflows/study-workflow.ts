import {
  ActivityCancellationType,
  defineQuery,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ControlActivities } from '../activities/control-activities.ts';
import type { DatasetSource } from '../activities/prepare-dataset.ts';
import type { TrainingActivities } from '../activities/training-activities.ts';
import {
  limitImages,
  type NamedConfig,
  scaleEpochs,
  stageTrials,
  trialData,
  trialSpec,
} from '../study/plan.ts';
import type { DatasetSummary, TestScore, TrialStanding } from '../study/record.ts';
import type { CompareStage, Profile, Stage, Study } from '../study/study-schema.ts';
import { QUERIES, stageWorkflowId, TRAINING_QUEUE } from '../study/temporal-names.ts';
import type { TrialSpec } from '../study/trial.ts';
import { studyDetails } from './details.ts';
import { searchAttributes, typedSearchAttributes } from './search-attributes.ts';
import { stageWorkflow } from './stage-workflow.ts';
import { attentionSignal } from './trial-workflow.ts';

export interface StudyRequest {
  /** A parsed study: every default filled in. */
  study: Study;
  profile: string;
  source: DatasetSource;
}

export interface StageProgress {
  name: string;
  kind: Stage['kind'];
  question: string;
  state: 'waiting' | 'running' | 'done';
  standings: TrialStanding[];
  winner: (TrialStanding & { score: number }) | null;
}

export interface StudyStatus {
  studyId: string;
  title: string;
  profile: string;
  dataset: DatasetSummary | null;
  stages: StageProgress[];
  /** Trials that wait for a person, by workflow id, each with its failure. */
  attention: Record<string, string>;
  test: TestScore | null;
}

export interface StudyOutcome {
  winner: (TrialStanding & { score: number }) | null;
  test: TestScore | null;
  /** Key of the study's record in the store. */
  recordKey: string;
}

export const studyStatusQuery = defineQuery<StudyStatus>(QUERIES.studyStatus);

/** A whole study: its stages in turn, each from the winner of an earlier one, the final test, and the record. */
export async function studyWorkflow({
  study,
  profile: profileName,
  source,
}: StudyRequest): Promise<StudyOutcome> {
  const studyId = workflowInfo().workflowId;
  const profile = profileOf(study, profileName);
  const status: StudyStatus = {
    studyId,
    title: study.title,
    profile: profileName,
    dataset: null,
    stages: study.stages.map(({ name, kind, question }) => ({
      name,
      kind,
      question,
      state: 'waiting',
      standings: [],
      winner: null,
    })),
    attention: {},
    test: null,
  };
  const show = () => setCurrentDetails(studyDetails(status));
  setHandler(studyStatusQuery, () => status);
  setHandler(attentionSignal, ({ trialId, failure }) => {
    if (failure === null) delete status.attention[trialId];
    else status.attention[trialId] = failure;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: Object.keys(status.attention).length > 0 }));
    show();
  });
  show();

  const dataset = await prepareDataset({ source, generatedImages: profile.generatedImages });
  status.dataset = dataset;
  const { numerics } = await openStudy({ studyId, study, profile: profileName, dataset });
  const specOf = (config: NamedConfig['config']): TrialSpec =>
    trialSpec(scaleEpochs(config, profile), trialData(study, profile, dataset), study.seed, numerics);

  /** The winner of each stage so far, with its epochs unscaled. */
  const winners = new Map<string, NamedConfig>();
  for (const [index, stage] of study.stages.entries()) {
    const progress = status.stages[index] as StageProgress;
    progress.state = 'running';
    upsertSearchAttributes(searchAttributes({ StageName: stage.name }));
    show();
    if (stage.kind === 'compare') await compare(stage, progress);
    else {
      const tested = winnerOf(winners, stage.from);
      status.test = await evaluateTest({
        studyId,
        spec: specOf(tested.config),
        testImages: limitImages(profile.testImages, dataset.testImages),
      });
    }
    progress.state = 'done';
    show();
  }

  const compared = status.stages.filter(({ kind }) => kind === 'compare');
  const { recordKey } = await writeRecord({
    studyId,
    stages: compared.map(({ name, standings, winner }) => ({ name, standings, winner: winner?.name ?? '' })),
  });
  return { winner: compared.at(-1)?.winner ?? null, test: status.test, recordKey };

  async function compare(stage: CompareStage, progress: StageProgress): Promise<void> {
    const candidates = stageTrials(study, stage, stage.from ? winnerOf(winners, stage.from) : undefined);
    const outcome = await executeChild(stageWorkflow, {
      workflowId: stageWorkflowId(studyId, stage.name),
      args: [
        {
          studyId,
          stage: stage.name,
          question: stage.question,
          trials: candidates.map(({ name, config }) => ({ name, spec: specOf(config) })),
        },
      ],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      typedSearchAttributes: typedSearchAttributes({ StudyId: studyId, StageName: stage.name }),
      staticSummary: stage.question,
    });
    progress.standings = outcome.standings;
    progress.winner = outcome.winner;
    const won = candidates.find(({ name }) => name === outcome.winner.name);
    if (won) winners.set(stage.name, won);
  }
}

// --- helpers ---

const retry = { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '2 minutes' } as const;

const { openStudy, writeRecord } = proxyActivities<ControlActivities>({
  startToCloseTimeout: '2 minutes',
  retry,
});

const { prepareDataset } = proxyActivities<ControlActivities>({
  summary: 'data set: find, check, store',
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '60 seconds',
  retry: { ...retry, maximumAttempts: 5 },
});

const { evaluateTest } = proxyActivities<TrainingActivities>({
  taskQueue: TRAINING_QUEUE,
  summary: 'final test',
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '60 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { ...retry, maximumAttempts: 8 },
});

function profileOf(study: Study, name: string): Profile {
  const profile = study.profiles[name];
  if (!profile)
    throw new Error(`study ${study.name}: no profile "${name}"; the client checks this before it starts one`);
  return profile;
}

function winnerOf(winners: ReadonlyMap<string, NamedConfig>, stage: string): NamedConfig {
  const found = winners.get(stage);
  if (!found)
    throw new Error(`stage ${stage} has no winner yet; the schema lets no stage refer to a later one`);
  return found;
}
