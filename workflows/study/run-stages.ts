import { CancellationScope, upsertSearchAttributes } from '@temporalio/workflow';
import type { Stage } from '../../study/definition/stage-schema.ts';
import { earlyTrials, type PlannedStage } from '../../study/plan/early-trials.ts';
import {
  type NamedConfig,
  type PlannedTrial,
  ranksStart,
  searchNetworks,
  stageTrials,
  startOf,
} from '../../study/plan/plan.ts';
import { promotionOf } from '../../study/plan/promotion.ts';
import { candidatesOf, rankCandidates, tieRule } from '../../study/plan/ranking.ts';
import { isSideExperiment, readySideExperiments } from '../../study/plan/side-experiments.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import { training } from '../activities.ts';
import { all, type Children } from '../children.ts';
import type { Decision } from '../decision.ts';
import type { Pause } from '../pause.ts';
import { PRIORITY } from '../priorities.ts';
import { searchAttributes } from '../search-attributes.ts';
import type { StageInput, StagePlan } from '../stage/stage-input.ts';
import { stagePlannedSignal } from '../stage/stage-workflow.ts';
import type { StageProgress, StudyStatus, StudyTestScore } from '../status.ts';
import { finalTest } from './final-test.ts';
import type { PreparedStudy } from './prepare-study.ts';
import { stageRecords } from './stage-records.ts';
import {
  type StartedStage,
  searchPlan,
  stageTrialsOf,
  startStage,
  type TrainedStage,
} from './stage-starter.ts';

/** What a study's stages have of its workflow. */
export interface StudyPage {
  setAttention: (id: string, failure: string | null) => void;
  waitForTestDecision: () => Promise<Decision>;
  pause: Pause;
  children: Children;
}

/**
 * Runs all stages: the main line in order, side experiments beside it. Records of stages are written when they have ended.
 *
 * @param study.status and `study.standings` are kept up to date.
 * @returns the keys of the trials that the final test has tested.
 */
export async function runStages(
  prepared: PreparedStudy,
  {
    status,
    standings,
    page,
  }: { status: StudyStatus; standings: Map<string, TrialStanding[]>; page: StudyPage },
): Promise<{ tested: string[] }> {
  const { request, study, profile, data } = prepared;
  const { studyId } = status;
  const { setAttention, waitForTestDecision, pause, children } = page;

  /** What each stage promotes, and the runs of the candidate that won it. */
  const winners = new Map<string, NamedConfig>();
  const winningRuns = new Map<string, TrialStanding[]>();
  const candidates = new Map<string, readonly PlannedTrial[]>();
  let tested: string[] = [];
  const records = stageRecords(studyId, standings);

  const sideExperiments = new Map<string, Promise<void>>();
  /** Stages whose turn has not come. */
  const early = new Map<string, EarlyStage>();
  await runMainLine();
  await records.written();
  return { tested };

  async function runMainLine(): Promise<void> {
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
    try {
      if (stage.kind === 'test') status.test = await runTest(stage.from);
      else await runStage(stage, progress);
      progress.state = 'done';
    } catch (error) {
      progress.state = 'cancelled';
      throw error;
    }
  }

  async function runStage(stage: TrainedStage, progress: StageProgress): Promise<void> {
    const soFar = { winners, candidates };
    const start = startOf(stage, soFar);
    const planned = stageTrials(study, profile, stage, soFar);
    const isBeside = isSideExperiment(stage);
    const startRuns = 'from' in stage && stage.from ? (winningRuns.get(stage.from) ?? []) : [];

    const plan = {
      start: ranksStart(stage) ? startRuns.map((run) => ({ ...run, takenOver: true })) : [],
      trials: stageTrialsOf(prepared, planned),
    };
    const networks = stage.kind === 'search' ? searchNetworks(study, profile, stage, soFar) : {};
    const search = stage.kind === 'search' && start ? searchPlan(prepared, stage, start, networks) : null;
    const begun = early.get(stage.name)?.child;
    const child =
      begun ?? (await begin(stage, { ...plan, search }, isBeside ? { priority: PRIORITY.side } : {}));
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

  function begin(
    stage: TrainedStage,
    plan: StagePlan & Pick<StageInput, 'search'>,
    options: Parameters<typeof startStage>[4],
  ): Promise<StartedStage> {
    return startStage(prepared, { studyId, children }, stage, plan, options);
  }

  /** Starts the stage after this one if some of its trials don't depend on this one's winner. */
  async function startNextEarly(current: PlannedStage): Promise<void> {
    const next = earlyTrials(study, profile, { winners, candidates }, current);
    if (!next) return;
    const { stage, trials } = next;
    Object.assign(progressOf(stage), { state: 'running', early: true });
    const plan = { start: [], trials: stageTrialsOf(prepared, trials), search: null };
    const child = await begin(stage, plan, { early: true, priority: PRIORITY.early });
    // If it fails, the study fails when the stage's turn has come.
    const ended = child.result().catch(() => {});
    early.set(stage.name, { child, ended });
  }

  function progressOf({ name }: Stage): StageProgress {
    return status.stages.find((each) => each.name === name) as StageProgress;
  }

  function runTest(from: string): Promise<StudyTestScore> {
    const runs = (candidatesOf(winningRuns.get(from) ?? [])[0]?.counted ?? []).flatMap(
      ({ name, trialKey }) => (trialKey ? [{ name, trialKey }] : []),
    );
    tested = runs.map(({ trialKey }) => trialKey);
    const { evaluateTest } = training(prepared.numerics, request.heartbeatSeconds);
    const { testImages } = prepared;
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

// --- helpers ---

interface EarlyStage {
  child: StartedStage;
  /** Whether it has failed or not. */
  ended: Promise<unknown>;
}
