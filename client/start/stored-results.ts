import { isQuiet } from '../../infra/quiet.ts';
import { countExamples } from '../../storage/inputs/datasets.ts';
import { DamagedObjectError, type ObjectStore } from '../../storage/object-store.ts';
import { readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { selectProfile } from '../../study/definition/parse-study.ts';
import { pretrainedNetworks } from '../../study/definition/pretrained.ts';
import { planCourse } from '../../study/plan/course.ts';
import {
  type NamedConfig,
  type PlannedTrial,
  ranksStart,
  searchNetworks,
  stageTrials,
  startOf,
  trialData,
  trialSpec,
} from '../../study/plan/plan.ts';
import { promotionOf } from '../../study/plan/promotion.ts';
import { rankCandidates, tieRule } from '../../study/plan/ranking.ts';
import { runSeed } from '../../study/plan/runs.ts';
import { isSideExperiment } from '../../study/plan/side-experiments.ts';
import { NUMERICS, type TrialData } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { plural } from '../../words/numbers.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { type FoundRun, type FoundTrials, findRuns, followSearch } from './follow-search.ts';
import { findDataset, findWeights } from './stored-inputs.ts';

/** How many of a study's trials the store has results of. */
export interface StoredResults {
  /** At least. Which trials a stage trains is only known if the store has all results of the stages before it. */
  stored: number;
  trials: number;
  /** They are for generated images, which the study uses only if the official archive can't be downloaded. */
  onGenerated: boolean;
}

/**
 * Follows a study through its stages as far as the store has their results.
 *
 * @returns undefined if it isn't known: an object in the store is damaged.
 */
export async function countStoredResults(
  store: ObjectStore,
  request: StudyRequest,
): Promise<StoredResults | undefined> {
  const { study, profile: profileName } = request;
  const profile = selectProfile(study, profileName);
  const trials = planCourse(study, profile).reduce((sum, stage) => sum + stage.trials.length, 0);
  try {
    const dataset = await findDataset(store, request, profile.generatedImages);
    // No trial can have been trained on images that the store lacks.
    if (!dataset) return { stored: 0, trials, onGenerated: false };
    const data = trialData(study, profile, {
      sha256: dataset.dataset,
      trainImages: countExamples(dataset).training,
    });
    const weights = pretrainedNetworks(study, profile).length > 0 ? await findWeights(store, request) : null;
    const stored = await followStages(request, data, async ({ config, repetition, run }) => {
      if (config.network.pretrained && !weights) return undefined;
      const spec = trialSpec(config, data, {
        seed: runSeed(study.seed, run?.index ?? 0),
        repetition,
        numerics: NUMERICS,
        weights: weights?.sha256 ?? null,
        rankBy: study.rankBy,
      });
      return readResult(store, trialKey(spec));
    });
    return {
      stored,
      trials,
      onGenerated: request.source.archive === null && dataset.origin.kind === 'generated',
    };
  } catch (error) {
    if (error instanceof DamagedObjectError) return undefined;
    throw error;
  }
}

/** Prints how many results a study that is about to start will find, if there are any and the process isn't quiet. */
export async function printStoredResults(
  store: ObjectStore,
  request: StudyRequest,
): Promise<StoredResults | undefined> {
  const found = await countStoredResults(store, request);
  if (found && found.stored > 0 && !isQuiet()) console.log(describeStoredResults(found, request.retrain));
  return found;
}

/** `The store has the results of at least 3 of 9 trials. Only the others are trained.` */
export function describeStoredResults(
  { stored, trials, onGenerated }: StoredResults,
  retrain = false,
): string {
  if (stored === 0) return `The store has no results of its ${plural(trials, 'trial')} yet.`;
  const all = stored === trials;
  const number = all ? `${stored} of ${trials}` : `at least ${stored} of ${trials}`;
  const has = `The store has the results of ${number} trials${onGenerated ? ' on generated images' : ''}.`;
  if (retrain) return `${has} They are trained again and compared (--retrain).`;
  const unless = onGenerated ? ', unless the archive can be downloaded now' : '';
  return all
    ? `${has} Nothing is trained${unless}; to train them again: --retrain`
    : `${has} Only the others are trained${unless}.`;
}

// --- helpers ---

async function followTrials(
  planned: readonly PlannedTrial[],
  resultOf: (trial: PlannedTrial) => Promise<TrialResult | undefined>,
): Promise<FoundTrials> {
  const runs = await findRuns(planned, null, resultOf);
  return { stored: runs.length, isComplete: runs.length === planned.length, runs };
}

/**
 * @param resultOf reads a trial's result.
 * @returns how many results were found.
 */
async function followStages(
  { study, profile: profileName }: StudyRequest,
  data: TrialData,
  resultOf: (trial: PlannedTrial) => Promise<TrialResult | undefined>,
): Promise<number> {
  const profile = selectProfile(study, profileName);
  const winners = new Map<string, NamedConfig>();
  const winningRuns = new Map<string, FoundRun[]>();
  const candidates = new Map<string, PlannedTrial[]>();
  let stored = 0;
  for (const stage of study.stages) {
    const from = 'from' in stage ? stage.from : undefined;
    if (stage.kind === 'test' || (from !== undefined && !winners.has(from))) continue;
    if (stage.kind === 'variant' && stage.of.some((each) => !candidates.has(each.stage))) continue;
    const soFar = { winners, candidates };
    const start = startOf(stage, soFar);
    const networks = stage.kind === 'search' ? searchNetworks(study, profile, stage, soFar) : {};
    const planned = stageTrials(study, profile, stage, soFar);
    candidates.set(stage.name, planned);
    const found = [await followTrials(planned, resultOf)];
    if (stage.kind === 'search' && start)
      found.push(await followSearch(stage, start, { study, profile, networks, resultOf }));
    stored += found.reduce((sum, each) => sum + each.stored, 0);
    if (!found.every(({ isComplete }) => isComplete) || isSideExperiment(stage)) continue;
    const startRuns = (from !== undefined && ranksStart(stage) && winningRuns.get(from)) || [];
    const takenOver = startRuns.map((run) => ({ ...run, takenOver: true }));
    const ranked = rankCandidates([...takenOver, ...found.flatMap(({ runs }) => runs)], tieRule(stage, data));
    const promoted = promotionOf(ranked, { start, planned, profile, networks });
    if (!promoted) continue;
    winners.set(stage.name, promoted);
    winningRuns.set(stage.name, ranked[0]?.runs ?? []);
  }
  return stored;
}
