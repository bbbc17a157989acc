import {
  ApplicationFailure,
  CancellationScope,
  defineQuery,
  defineUpdate,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { DatasetSource } from '../activities/prepare-dataset.ts';
import type { WeightsSource } from '../activities/prepare-weights.ts';
import type { EndedStage } from '../activities/write-stage.ts';
import { inputOf } from '../study/definition/data-schema.ts';
import type { Overrides } from '../study/definition/overrides.ts';
import { selectProfile } from '../study/definition/parse-study.ts';
import { pretrainedNetworks } from '../study/definition/pretrained.ts';
import type { SearchStage, Stage } from '../study/definition/stage-schema.ts';
import type { Study } from '../study/definition/study-schema.ts';
import type { Network } from '../study/definition/training-config.ts';
import { earlyTrials, type PlannedStage } from '../study/plan/early-trials.ts';
import {
  limitImages,
  type NamedConfig,
  type Networks,
  type PlannedTrial,
  ranksStart,
  searchNetworks,
  stageTrials,
  startOf,
  trialData,
  trialSpec,
} from '../study/plan/plan.ts';
import { promotedConfig } from '../study/plan/promotion.ts';
import { isSideExperiment, readySideExperiments } from '../study/plan/side-experiments.ts';
import { rank } from '../study/plan/winner.ts';
import type { TestScore, TrialStanding } from '../study/record/record.ts';
import type { TrialSpec } from '../study/trial/trial.ts';
import { QUERIES, stageWorkflowId, UPDATES } from '../temporal/names.ts';
import { openStudy, preparations, training, writeRecord, writeReport, writeStage } from './activities.ts';
import { attentionSignal } from './attention.ts';
import { checkedRequest } from './checked-request.ts';
import { all, Children, type StartedChild } from './children.ts';
import { type Decision, takeDecisions } from './decision.ts';
import { studyDetails } from './details.ts';
import { describeFailure, showEarlyEnd } from './early-end.ts';
import { initialStatus, refusedStatus } from './initial-status.ts';
import { Pause } from './pause.ts';
import { PRIORITY } from './priorities.ts';
import { searchAttributes, typedSearchAttributes } from './search-attributes.ts';
import type { SearchPlan, StageInput, StagePlan, StageTrial } from './stage/stage-input.ts';
import { stagePlannedSignal, stageWorkflow } from './stage/stage-workflow.ts';
import type { StageProgress, StudyStatus, Winner } from './status.ts';
import { untilSuccess } from './until-success.ts';

export interface StudyRequest {
  /** A parsed study, with every default filled in. */
  study: Study;
  profile: string;
  source: DatasetSource;
  /** Where weights come from, if any network of the profile starts from weights. */
  weights: WeightsSource;
  /** The study has pretrained networks, but they start from scratch here. */
  fromScratch?: boolean;
  /** Train trials again if the store has their results, and compare. */
  retrain?: true;
  /** How long a worker may be silent before it counts as dead: default 60. */
  heartbeatSeconds?: number;
}

export interface StudyOutcome {
  winner: Winner | null;
  test: TestScore | null;
  /** Key of the study's record in the store. */
  recordKey: string;
}

export const studyStatusQuery = defineQuery<StudyStatus>(QUERIES.studyStatus);
export const stageStandingsQuery = defineQuery<TrialStanding[], [string]>(QUERIES.stageStandings);
export const retryTestUpdate = defineUpdate<string, [Overrides | undefined]>(UPDATES.retryTest);
export const pauseStudyUpdate = defineUpdate<string>(UPDATES.pauseStudy);
export const resumeStudyUpdate = defineUpdate<string>(UPDATES.resumeStudy);

/**
 * A complete study: its stages in order, each from the winner of an earlier one, the final test, record and report. Trials
 * of the next stage that don't depend on the winner may be trained before. Side experiments run beside the other stages,
 * from when what they train again is known, and only the record waits for them.
 *
 * @throws {ApplicationFailure} if the input is not a study that can be run: it may have been typed into the Temporal UI.
 */
export async function studyWorkflow(input: StudyRequest): Promise<StudyOutcome> {
  const studyId = workflowInfo().workflowId;
  let status = refusedStatus(studyId);
  const pause = new Pause();
  const children = new Children(pause);
  const show = () => setCurrentDetails(studyDetails(status));
  const setAttention = (id: string, failure: string | null) => {
    if (failure === null) delete status.attention[id];
    else status.attention[id] = failure;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: Object.keys(status.attention).length > 0 }));
    show();
  };
  /** Of the stages that have ended. */
  const standings: Standings = new Map();
  setHandler(studyStatusQuery, () => status);
  setHandler(stageStandingsQuery, (stage) => standings.get(stage) ?? []);
  setHandler(attentionSignal, ({ id, failure }) => setAttention(id, failure));
  setHandler(pauseStudyUpdate, () => setPaused(true), { validator: () => refuseIfPausedIs(true) });
  setHandler(resumeStudyUpdate, () => setPaused(false), { validator: () => refuseIfPausedIs(false) });
  const waitForTestDecision = takeDecisions('final test', { retry: retryTestUpdate, hasSettings: false });
  const outcome = await showEarlyEnd(async () => {
    const request = checkedRequest(studyId, input);
    status = initialStatus(studyId, request);
    show();
    return runStudy(request, status, standings, { show, setAttention, waitForTestDecision, pause, children });
  }, showEnd);
  showEnd({ how: 'completed' });
  return outcome;

  function showEnd(end: StudyStatus['end']): void {
    status.end = end;
    for (const stage of status.stages) if (stage.state === 'running') stage.state = 'cancelled';
    show();
  }

  async function setPaused(isPaused: boolean): Promise<string> {
    pause.set(isPaused);
    status.isPaused = isPaused;
    upsertSearchAttributes(searchAttributes({ Paused: isPaused }));
    show();
    await children.signalPause();
    return `${studyId}: ${isPaused ? 'paused' : 'resumed'}`;
  }

  function refuseIfPausedIs(isPaused: boolean): void {
    if (pause.isPaused !== isPaused) return;
    const message = `${studyId}: it is ${isPaused ? 'already' : 'not'} paused`;
    throw ApplicationFailure.nonRetryable(message, isPaused ? 'Paused' : 'NotPaused');
  }
}

// --- helpers ---

/** An evaluation takes about 20 events of its stage's history, in which Temporal warns from 10,240 on. */
const EVALUATIONS_A_RUN = 400;

interface EarlyStage {
  child: StartedChild<typeof stageWorkflow>;
  /** Whether it has failed or not. */
  ended: Promise<unknown>;
}

interface Page {
  /** Shows the study's status on its page. */
  show: () => void;
  setAttention: (id: string, failure: string | null) => void;
  waitForTestDecision: () => Promise<Decision>;
  pause: Pause;
  children: Children;
}

type Standings = Map<string, TrialStanding[]>;

/** Keeps `status` and `standings` up to date. */
async function runStudy(
  request: StudyRequest,
  status: StudyStatus,
  standings: Standings,
  { show, setAttention, waitForTestDecision, pause, children }: Page,
): Promise<StudyOutcome> {
  const { study, profile: profileName, source } = request;
  const { studyId } = status;
  const profile = selectProfile(study, profileName);
  const { prepareDataset, prepareWeights } = preparations(request.heartbeatSeconds);
  const networks = pretrainedNetworks(study, profile);
  const weights =
    networks.length > 0
      ? await prepareWeights({
          source: request.weights,
          networks,
          ...(study.data && { input: inputOf(study) }),
        })
      : null;
  status.weights = weights;
  show();
  const dataset = await prepareDataset({
    source,
    generatedImages: profile.generatedImages,
    ...(study.data && { data: study.data }),
  });
  status.dataset = dataset;
  status.images = {
    training: limitImages(profile.trainImages, dataset.trainImages),
    test: limitImages(profile.testImages, dataset.testImages),
  };
  const opened = await openStudy({
    studyId,
    study,
    profile: profileName,
    dataset,
    weights,
    fromScratch: request.fromScratch ?? false,
  });
  status.objectsUrl = opened.objectsUrl;
  const data = trialData(study, profile, dataset);
  const specOf = (config: NamedConfig['config'], repetition = 0): TrialSpec =>
    trialSpec(config, data, {
      seed: study.seed,
      repetition,
      numerics: opened.numerics,
      weights: weights?.sha256 ?? null,
    });

  /** What each stage promotes, and the trial that won it. */
  const winners = new Map<string, NamedConfig>();
  const winningTrials = new Map<string, Winner>();
  const candidates = new Map<string, NamedConfig[]>();
  let tested: string | null = null;

  const sideExperiments = new Map<string, Promise<void>>();
  /** Stages whose turn has not come. */
  const early = new Map<string, EarlyStage>();
  await runStages();
  const ended = status.stages.flatMap(({ name, kind, start, winner, searchEnd }): EndedStage[] =>
    kind === 'test'
      ? []
      : [
          {
            name,
            kind,
            start,
            standings: standings.get(name) ?? [],
            winner: winner?.name ?? null,
            ...(searchEnd && { search: searchEnd }),
          },
        ],
  );
  await all(ended.map((stage) => writeStage({ studyId, stage })));
  const { recordKey } = await writeRecord({ studyId, stages: ended.map(({ name }) => name), tested });
  await writeReport({ studyId });
  const winner = status.stages.findLast((stage) => stage.winner)?.winner ?? null;
  return { winner, test: status.test, recordKey };

  async function runStages(): Promise<void> {
    try {
      for (const stage of study.stages) {
        if (isSideExperiment(stage)) continue;
        upsertSearchAttributes(searchAttributes({ StageName: stage.name }));
        await carryOut(stage);
        startSideExperiments();
      }
    } catch (error) {
      // A cancelled study ends when all its trainers have stopped.
      if (CancellationScope.current().consideredCancelled) {
        const others = [...early.values()].map(({ ended }) => ended);
        await Promise.allSettled([...sideExperiments.values(), ...others]);
      }
      throw error;
    }
    await all([...sideExperiments.values()]);
  }

  function startSideExperiments(): void {
    for (const stage of readySideExperiments(study.stages, new Set(candidates.keys()))) {
      if (sideExperiments.has(stage.name)) continue;
      const ended = carryOut(stage);
      // It fails the study, but not before the other stages have ended.
      ended.catch(() => {});
      sideExperiments.set(stage.name, ended);
    }
  }

  async function carryOut(stage: Stage): Promise<void> {
    await pause.over();
    const progress = progressOf(stage);
    progress.state = 'running';
    progress.early = false;
    progress.start = startOf(stage, { winners, candidates })?.name ?? null;
    show();
    try {
      if (stage.kind === 'test') status.test = await runTest(stage.from);
      else await runStage(stage, progress);
      progress.state = 'done';
    } catch (error) {
      progress.state = 'cancelled';
      throw error;
    } finally {
      show();
    }
  }

  async function runStage(stage: Exclude<Stage, { kind: 'test' }>, progress: StageProgress): Promise<void> {
    const soFar = { winners, candidates };
    const start = startOf(stage, soFar);
    const planned = stageTrials(study, profile, stage, soFar);
    const isBeside = isSideExperiment(stage);
    const startTrial = 'from' in stage && stage.from ? winningTrials.get(stage.from) : undefined;

    const plan = {
      start: ranksStart(stage) && startTrial ? { ...startTrial, takenOver: true } : null,
      trials: stageTrialsOf(planned),
    };
    const networks = stage.kind === 'search' ? searchNetworks(study, profile, stage, soFar) : {};
    const search = stage.kind === 'search' && start ? searchPlan(stage, start, networks) : null;
    const begun = early.get(stage.name)?.child;
    const child =
      begun ?? (await startStage(stage, { ...plan, search }, isBeside ? { priority: PRIORITY.side } : {}));
    if (begun) await begun.signal(stagePlannedSignal, plan);
    if (!isBeside) await startNextEarly({ stage, start, trials: planned });
    const outcome = await child.result();
    standings.set(stage.name, outcome.standings);
    progress.winner = outcome.winner;
    if (outcome.search) progress.searchEnd = outcome.search;
    candidates.set(stage.name, planned);
    if (!outcome.winner) return;
    const ranking = rank(outcome.standings).map(({ name }) => name);
    winners.set(stage.name, promotedConfig(outcome.winner, { start, planned, profile, ranking, networks }));
    winningTrials.set(stage.name, outcome.winner);
  }

  function searchPlan(stage: SearchStage, start: NamedConfig, networks: Networks): SearchPlan {
    const weightsOf = (network: Network) => specOf({ ...start.config, network }).initialWeights;
    return {
      ...stage,
      start,
      spec: specOf(start.config),
      profile,
      networks,
      initialWeights: Object.fromEntries(
        Object.entries(networks).map(([name, network]) => [name, weightsOf(network)]),
      ),
      evaluationsARun: EVALUATIONS_A_RUN,
    };
  }

  /** Starts the stage after this one if some of its trials don't depend on this one's winner. */
  async function startNextEarly(current: PlannedStage): Promise<void> {
    const next = earlyTrials(study, profile, { winners, candidates }, current);
    if (!next) return;
    const { stage, trials } = next;
    Object.assign(progressOf(stage), { state: 'running', early: true });
    show();
    const plan = { start: null, trials: stageTrialsOf(trials), search: null };
    const child = await startStage(stage, plan, { early: true, priority: PRIORITY.early });
    // If it fails, the study fails when the stage's turn has come.
    const ended = child.result().catch(() => {});
    early.set(stage.name, { child, ended });
  }

  function startStage(
    stage: Exclude<Stage, { kind: 'test' }>,
    plan: StagePlan & Pick<StageInput, 'search'>,
    { priority, ...rest }: { priority?: { priorityKey: number } } & Pick<StageInput, 'early'>,
  ): Promise<StartedChild<typeof stageWorkflow>> {
    return children.start(stageWorkflow, {
      workflowId: stageWorkflowId(studyId, stage.name),
      args: [
        {
          studyId,
          stage: stage.name,
          kind: stage.kind,
          question: stage.question,
          ...plan,
          promotes: !isSideExperiment(stage),
          ...rest,
          ...(request.retrain && { retrain: true }),
          ...(request.heartbeatSeconds !== undefined && { heartbeatSeconds: request.heartbeatSeconds }),
        },
      ],
      ...(priority && { priority }),
      typedSearchAttributes: typedSearchAttributes({
        StudyId: studyId,
        StageName: stage.name,
        NeedsAttention: false,
      }),
      staticSummary: `${stage.name}: ${stage.question}`,
    });
  }

  function stageTrialsOf(planned: readonly PlannedTrial[]): StageTrial[] {
    return planned.map(({ name, config, repetition, of }) => ({
      name,
      spec: specOf(config, repetition),
      of,
    }));
  }

  function progressOf({ name }: Stage): StageProgress {
    return status.stages.find((each) => each.name === name) as StageProgress;
  }

  async function runTest(from: string): Promise<TestScore> {
    const { trialKey } = winningTrials.get(from) ?? {};
    if (!trialKey)
      throw new Error(
        `stage ${from} has no winner to test; the schema only lets a test start from a stage with a winner`,
      );
    const { evaluateTest } = training(opened.numerics, request.heartbeatSeconds);
    const testImages = limitImages(profile.testImages, dataset.testImages);
    tested = trialKey;
    const test = async ({ alone }: { alone: boolean }): Promise<TestScore> => {
      for (;;) {
        const job = { studyId, trialKey, testImages, ...(alone && { alone }) };
        const end = await pause.around(() => evaluateTest(job));
        // A worker that was shut down is no failure.
        if (end.status === 'tested') return end.score;
      }
    };
    for (;;) {
      try {
        return await untilSuccess(test, () => {});
      } catch (error) {
        if (isCancellation(error)) throw error;
        setAttention(studyId, `the final test failed: ${describeFailure(error)}`);
        await waitForTestDecision();
        setAttention(studyId, null);
      }
    }
  }
}
