import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { isQuiet } from '../../infra/quiet.ts';
import { type DatasetManifest, listDatasets } from '../../storage/inputs/datasets.ts';
import { listWeights } from '../../storage/inputs/weights.ts';
import { DamagedObjectError, type ObjectStore } from '../../storage/object-store.ts';
import { readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { selectProfile } from '../../study/definition/parse-study.ts';
import { pretrainedNetworks } from '../../study/definition/pretrained.ts';
import { planCourse } from '../../study/plan/course.ts';
import {
  type NamedConfig,
  type PlannedTrial,
  searchTrial,
  stageTrials,
  startOf,
  trialData,
  trialSpec,
} from '../../study/plan/plan.ts';
import { promotedConfig } from '../../study/plan/promotion.ts';
import { winner } from '../../study/plan/winner.ts';
import type { TrialStanding, WeightsSummary } from '../../study/record/record.ts';
import { suggest } from '../../study/search/suggest.ts';
import { NUMERICS } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { plural } from '../../words/numbers.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';

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
  const trials = planCourse(study, profile, (stage) => stage[0] as PlannedTrial).reduce(
    (sum, stage) => sum + stage.trials.length,
    0,
  );
  try {
    const dataset = await findDataset(store, request, profile.generatedImages);
    // No trial can have been trained on images that the store lacks.
    if (!dataset) return { stored: 0, trials, onGenerated: false };
    const data = trialData(study, profile, { sha256: dataset.dataset, trainImages: dataset.trainImages });
    const weights = pretrainedNetworks(study, profile).length > 0 ? await findWeights(store, request) : null;
    const stored = await followStages(request, async ({ config, repetition }) => {
      if (config.network.pretrained && !weights) return undefined;
      const { seed } = study;
      const spec = trialSpec(config, data, {
        seed,
        repetition,
        numerics: NUMERICS,
        weights: weights?.sha256 ?? null,
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

/**
 * @param resultOf reads a trial's result.
 * @returns how many results were found.
 */
async function followStages(
  { study, profile: profileName }: StudyRequest,
  resultOf: (trial: PlannedTrial) => Promise<TrialResult | undefined>,
): Promise<number> {
  const profile = selectProfile(study, profileName);
  const winners = new Map<string, NamedConfig>();
  const winningTrials = new Map<string, TrialStanding>();
  const candidates = new Map<string, NamedConfig[]>();
  let stored = 0;
  for (const stage of study.stages) {
    const from = 'from' in stage ? stage.from : undefined;
    if (stage.kind === 'test' || (from !== undefined && !winners.has(from))) continue;
    if (stage.kind === 'variant' && stage.of.some((each) => !candidates.has(each.stage))) continue;
    const soFar = { winners, candidates };
    const start = startOf(stage, soFar);
    const drawn =
      stage.kind === 'search'
        ? Array.from({ length: stage.evaluations }, (_, index) =>
            suggest(stage.space, [], { seed: study.seed, index }),
          )
        : [];
    const planned: PlannedTrial[] = start
      ? drawn.map((suggestion, index) => ({
          ...searchTrial(start, suggestion, profile, index),
          repetition: 0,
          of: null,
        }))
      : [];
    planned.push(...stageTrials(study, profile, stage, soFar));
    candidates.set(stage.name, planned);
    const results = await Promise.all(planned.map(resultOf));
    const found = results.filter((result) => result !== undefined);
    stored += found.length;
    if (found.length < planned.length || stage.kind === 'variant' || stage.kind === 'repeat') continue;
    const standings = found.map((result, index) =>
      standingOf(planned[index] as PlannedTrial, result, drawn[index] ?? null),
    );
    const startTrial = from === undefined ? undefined : winningTrials.get(from);
    if (startTrial && (stage.kind === 'search' || stage.ranksStart))
      standings.unshift({ ...startTrial, takenOver: true });
    const best = winner(standings);
    if (!best) continue;
    winners.set(stage.name, promotedConfig(best, { start, planned, profile }));
    winningTrials.set(stage.name, best);
  }
  return stored;
}

function standingOf(
  { name, of }: PlannedTrial,
  { trialKey, outcome, score, bestEpoch, message }: TrialResult,
  suggestion: TrialStanding['suggestion'],
): TrialStanding {
  const result = { trialKey, outcome, score, bestEpoch, reused: true };
  return {
    name,
    status: 'trained',
    ...result,
    takenOver: false,
    of,
    suggestion,
    override: null,
    message: message ?? null,
  };
}

/** The data set that the study would use: the same choice as when it is prepared, without reading any archive's content. */
async function findDataset(
  store: ObjectStore,
  { source: { archive } }: StudyRequest,
  generatedImages: boolean,
): Promise<DatasetManifest | undefined> {
  const datasets = await listDatasets(store);
  const ofKind = (kind: 'official' | 'generated') => datasets.find(({ origin }) => origin.kind === kind);
  if (archive === null) return ofKind('official') ?? (generatedImages ? ofKind('generated') : undefined);
  if (isUrl(archive)) return datasets.find(({ origin }) => origin.source === archive);
  const sha256 = await sha256OfFile(archive);
  return datasets.find(({ origin }) => origin.archiveSha256 === sha256);
}

async function findWeights(
  store: ObjectStore,
  { weights: { file } }: StudyRequest,
): Promise<WeightsSummary | undefined> {
  const weights = await listWeights(store);
  if (file === null) return weights.find(({ origin }) => origin.kind === 'official');
  if (isUrl(file)) return weights.find(({ origin }) => origin.source === file);
  const sha256 = await sha256OfFile(file);
  return weights.find(({ origin }) => origin.fileSha256 === sha256);
}

function isUrl(source: string): boolean {
  return /^https?:\/\//.test(source);
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
