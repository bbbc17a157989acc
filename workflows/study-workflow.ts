import {
  ApplicationFailure,
  CancellationScope,
  defineQuery,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { DatasetSource } from '../activities/prepare-dataset.ts';
import type { WeightsSource } from '../activities/prepare-weights.ts';
import { inputOf } from '../study/definition/data-schema.ts';
import type { Overrides } from '../study/definition/overrides.ts';
import { selectProfile } from '../study/definition/parse-study.ts';
import { pretrainedNetworks } from '../study/definition/pretrained.ts';
import { repeatsOf } from '../study/definition/repeats.ts';
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
import { promotionOf } from '../study/plan/promotion.ts';
import { candidatesOf, rankCandidates, tieRule } from '../study/plan/ranking.ts';
import { runSeed } from '../study/plan/runs.ts';
import { isSideExperiment, readySideExperiments } from '../study/plan/side-experiments.ts';
import type { TrialStanding } from '../study/record/record.ts';
import type { TrialSpec } from '../study/trial/trial.ts';
import { QUERIES, stageWorkflowId, UPDATES } from '../temporal/names.ts';
import { openStudy, preparations, training, writeRecord, writeReport } from './activities.ts';
import { attentionSignal } from './attention.ts';
import { checkedRequest } from './checked-request.ts';
import { all, Children, type StartedChild } from './children.ts';
import { type Decision, takeDecisions } from './decision.ts';
import { studyDetails } from './details.ts';
import { showEarlyEnd } from './early-end.ts';
import { finalTest } from './final-test.ts';
import { initialStatus, refusedStatus } from './initial-status.ts';
import { Pause } from './pause.ts';
import { PRIORITY } from './priorities.ts';
import { searchAttributes, typedSearchAttributes } from './search-attributes.ts';
import type { SearchPlan, StageInput, StagePlan, StageTrial } from './stage/stage-input.ts';
import { stageRecords } from './stage/stage-records.ts';
import { stagePlannedSignal, stageWorkflow } from './stage/stage-workflow.ts';
import type { StageProgress, StudyStatus, StudyTestScore, Winner } from './status.ts';

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
  test: StudyTestScore | null;
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
  const specOf = (config: NamedConfig['config'], { repetition = 0, run = 0 } = {}): TrialSpec =>
    trialSpec(config, data, {
      seed: runSeed(study.seed, run),
      repetition,
      numerics: opened.numerics,
      weights: weights?.sha256 ?? null,
      rankBy: study.rankBy,
    });

  /** What each stage promotes, and the runs of the candidate that won it. */
  const winners = new Map<string, NamedConfig>();
  const winningRuns = new Map<string, TrialStanding[]>();
  const candidates = new Map<string, readonly PlannedTrial[]>();
  /** Keys of the trials that the final test tests. */
  let tested: string[] = [];
  const records = stageRecords(studyId, standings, show);

  const sideExperiments = new Map<string, Promise<void>>();
  /** Stages whose turn has not come. */
  const early = new Map<string, EarlyStage>();
  await runStages();
  await records.written();
  const stages = study.stages.filter(({ kind }) => kind !== 'test').map(({ name }) => name);
  const { recordKey } = await writeRecord({ studyId, stages, tested });
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
    const startRuns = 'from' in stage && stage.from ? (winningRuns.get(stage.from) ?? []) : [];

    const plan = {
      start: ranksStart(stage) ? startRuns.map((run) => ({ ...run, takenOver: true })) : [],
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
    records.write(stage, progress);
    const ranked = rankCandidates(outcome.standings, tieRule(stage, data));
    const promoted = outcome.winner ? promotionOf(ranked, { start, planned, profile, networks }) : undefined;
    if (!promoted) return;
    winners.set(stage.name, promoted);
    winningRuns.set(stage.name, ranked[0]?.runs ?? []);
  }

  function searchPlan(stage: SearchStage, start: NamedConfig, networks: Networks): SearchPlan {
    const weightsOf = (network: Network) => specOf({ ...start.config, network }).initialWeights;
    return {
      ...stage,
      start,
      spec: specOf(start.config),
      profile,
      repeats: repeatsOf(stage, profile),
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
    const plan = { start: [], trials: stageTrialsOf(trials), search: null };
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
    const ties = tieRule(stage, data);
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
          ...(ties && { ties }),
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
    return planned.map(({ name, config, repetition, of, run }) => ({
      name,
      spec: specOf(config, { repetition, run: run?.index ?? 0 }),
      of,
      ...(run && { candidate: run.candidate }),
    }));
  }

  function progressOf({ name }: Stage): StageProgress {
    return status.stages.find((each) => each.name === name) as StageProgress;
  }

  function runTest(from: string): Promise<StudyTestScore> {
    const runs = (candidatesOf(winningRuns.get(from) ?? [])[0]?.counted ?? []).flatMap(
      ({ name, trialKey }) => (trialKey ? [{ name, trialKey }] : []),
    );
    tested = runs.map(({ trialKey }) => trialKey);
    const { evaluateTest } = training(opened.numerics, request.heartbeatSeconds);
    const testImages = limitImages(profile.testImages, dataset.testImages);
    return finalTest(
      runs,
      ({ trialKey, alone }) => evaluateTest({ studyId, trialKey, testImages, ...(alone && { alone }) }),
      {
        pause,
        setFailure: (failure) => setAttention(studyId, failure),
        waitForDecision: waitForTestDecision,
      },
    );
  }
}
