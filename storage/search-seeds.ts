import { selectProfile } from '../study/definition/parse-study.ts';
import type { Seed } from '../study/definition/search-schema.ts';
import { trialData } from '../study/plan/plan.ts';
import type { SeedTrial } from '../study/record/search-record.ts';
import type { Space } from '../study/search/space.ts';
import { spaceOf } from '../study/search/suggestion.ts';
import { asStored, type OtherMeasure } from '../study/trial/measure.ts';
import type { TrialData } from '../study/trial/trial.ts';
import { canonicalJson } from '../study/trial/trial-key.ts';
import type { ObjectStore } from './object-store.ts';
import { readStageRecord, readStudy } from './studies.ts';

/** An earlier search that a search can't learn from. The message says why, and what to do. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

/**
 * The completed trials of earlier searches.
 *
 * @param search.data what the search trains on; left out, that is not compared.
 * @param search.rankBy what its scores are; undefined for accuracy.
 * @throws {SeedError} if one of the searches isn't in the store, has another space or other scores, or trained on other images.
 */
export async function readSeeds(
  store: ObjectStore,
  seeds: readonly Seed[],
  search: { space: Space; data?: TrialData; rankBy: OtherMeasure | undefined },
): Promise<SeedTrial[]> {
  const trials = await Promise.all(seeds.map((seed) => readSeed(store, seed, search)));
  return trials.flat();
}

// --- helpers ---

async function readSeed(
  store: ObjectStore,
  { study: studyId, stage: name }: Seed,
  { space, data, rankBy }: { space: Space; data?: TrialData; rankBy: OtherMeasure | undefined },
): Promise<SeedTrial[]> {
  const what = `seededBy: ${studyId}, stage ${name}`;
  const opening = await readStudy(store, studyId);
  if (!opening) throw new SeedError(`${what}: expected a study that is in the store, found none`);
  const { study, profile, dataset } = opening;
  const stage = study.stages.find((each) => each.name === name);
  if (stage?.kind !== 'search') {
    const searches = study.stages.filter(({ kind }) => kind === 'search').map((each) => each.name);
    throw new SeedError(
      `${what}: expected a search of that study (${searches.join(', ') || 'it has none'}), found none`,
    );
  }
  if (canonicalJson(spaceOf(stage.space)) !== canonicalJson(space)) {
    throw new SeedError(
      `${what}: expected the same space as that of the search which learns from it, it has another; use that space, or leave the seed out`,
    );
  }
  if (asStored(study.rankBy) !== rankBy) {
    throw new SeedError(
      `${what}: expected a study that ranks by ${rankBy ?? 'accuracy'}, it ranks by ${study.rankBy ?? 'accuracy'}, so that its scores ` +
        "can't be compared; rank by that, or leave the seed out",
    );
  }
  const trainedOn = trialData(study, selectProfile(study, profile), dataset);
  if (data && canonicalJson(trainedOn) !== canonicalJson(data)) {
    throw new SeedError(
      `${what}: expected the same training images and split, it has others, so that its scores can't be compared; run the ` +
        'same profile, or leave the seed out',
    );
  }
  const record = await readStageRecord(store, studyId, name);
  if (!record) throw new SeedError(`${what}: expected a search that has ended, it has no results yet`);
  return record.trials.flatMap(({ name: trial, trialKey, score, suggestion, override, takenOver }) =>
    takenOver || score === null || !suggestion || override
      ? []
      : [{ study: studyId, stage: name, name: trial, trialKey, score, suggestion }],
  );
}
