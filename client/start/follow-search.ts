import type { TrialResult } from '../../storage/trials/trials.ts';
import { repeatsOf } from '../../study/definition/repeats.ts';
import type { SearchStage } from '../../study/definition/stage-schema.ts';
import type { Profile, Study } from '../../study/definition/study-schema.ts';
import { type NamedConfig, type Networks, type PlannedTrial, searchTrial } from '../../study/plan/plan.ts';
import type { Promoted } from '../../study/plan/promotion.ts';
import { candidatesOf, type RankedRun } from '../../study/plan/ranking.ts';
import { asRuns } from '../../study/plan/runs.ts';
import { nextPortion } from '../../study/search/rounds.ts';
import type { SearchTrial } from '../../study/search/samplers/search-trial.ts';
import { suggestNext } from '../../study/search/suggest.ts';
import { asSuggestion, spaceOf } from '../../study/search/suggestion.ts';
import { measuredBy, meritOf } from '../../study/trial/measure.ts';

/** What decides whether a run's candidate wins its stage, and what it then hands on. */
export type FoundRun = RankedRun & Promoted;

/** What the store has of a stage's trials. */
export interface FoundTrials {
  stored: number;
  /** Whether that is all of them, so that the stage's winner is known. */
  isComplete: boolean;
  runs: FoundRun[];
}

/**
 * Follows a search as far as the store has the results from which it goes on. What an `async` search, one that learns from others or
 * one with a budget would do isn't known beforehand.
 */
export async function followSearch(
  stage: SearchStage,
  start: NamedConfig,
  study: {
    study: Study;
    profile: Profile;
    networks: Networks;
    resultOf: (trial: PlannedTrial) => Promise<TrialResult | undefined>;
  },
): Promise<FoundTrials> {
  const { profile, networks, resultOf } = study;
  const { seed, rankBy } = study.study;
  const isKnown = stage.order !== 'async' && !stage.seededBy && !stage.budget;
  const space = spaceOf(stage.space);
  const trials: SearchTrial[] = [];
  const repeats = repeatsOf(stage, profile);
  const runs: FoundRun[] = [];
  for (;;) {
    const portion = isKnown ? nextPortion(stage, trials.length, 0) : null;
    if (!portion) break;
    const values = suggestNext(space, trials, { sampler: stage.sampler, seed, count: portion.count });
    if (values.length === 0) break;
    const before = trials.length;
    const found = await Promise.all(
      values.map(async (each, index) => {
        const suggestion = asSuggestion(each);
        const planned = searchTrial(start, suggestion, profile, before + index, networks);
        return findRuns(asRuns(planned, repeats), suggestion, resultOf);
      }),
    );
    found.forEach((own, index) => {
      const score = own.some((run) => run.score === null) ? null : (candidatesOf(own)[0]?.score ?? null);
      const each = values[index] ?? {};
      trials.push(
        score === null
          ? { values: each, state: 'failed' }
          : { values: each, state: 'completed', score: meritOf(score, rankBy) },
      );
      runs.push(...own);
    });
    if (found.some((own) => own.length < repeats)) return { stored: runs.length, isComplete: false, runs };
  }
  return { stored: runs.length, isComplete: isKnown, runs };
}

/**
 * The runs that the store has results of, as they are ranked.
 *
 * @param suggestion what a search has drawn for them; null for other stages.
 */
export async function findRuns(
  planned: readonly PlannedTrial[],
  suggestion: FoundRun['suggestion'],
  resultOf: (trial: PlannedTrial) => Promise<TrialResult | undefined>,
): Promise<FoundRun[]> {
  const results = await Promise.all(planned.map(resultOf));
  return results.flatMap((result, index): FoundRun[] => {
    if (!result) return [];
    const { name, run } = planned[index] as PlannedTrial;
    const { spec, score, outcome, parameters, trainingSeconds } = result;
    const named = { name, ...(run && { candidate: run.candidate }) };
    const ranked = { score, ...measuredBy(spec.rankBy), outcome, parameters, trainingSeconds };
    return [{ ...named, ...ranked, suggestion, override: null, takenOver: false }];
  });
}
