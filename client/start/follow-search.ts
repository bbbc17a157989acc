import type { TrialResult } from '../../storage/trials/trials.ts';
import type { SearchStage } from '../../study/definition/stage-schema.ts';
import type { Profile, Study } from '../../study/definition/study-schema.ts';
import { type NamedConfig, type Networks, type PlannedTrial, searchTrial } from '../../study/plan/plan.ts';
import type { Promoted } from '../../study/plan/promotion.ts';
import type { Standing } from '../../study/plan/winner.ts';
import { nextPortion } from '../../study/search/rounds.ts';
import type { SearchTrial } from '../../study/search/samplers/search-trial.ts';
import { suggestNext } from '../../study/search/suggest.ts';
import { asSuggestion, spaceOf } from '../../study/search/suggestion.ts';

/** What decides whether a trial wins its stage, and what it then hands on. */
export type FoundStanding = Standing & Promoted;

/** What the store has of a stage's trials. */
export interface FoundTrials {
  stored: number;
  /** Whether that is all of them, so that the stage's winner is known. */
  isComplete: boolean;
  standings: FoundStanding[];
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
  const { seed } = study.study;
  const isKnown = stage.order !== 'async' && !stage.seededBy && !stage.budget;
  const space = spaceOf(stage.space);
  const trials: SearchTrial[] = [];
  const standings: FoundStanding[] = [];
  for (;;) {
    const portion = isKnown ? nextPortion(stage, trials.length, 0) : null;
    if (!portion) break;
    const values = suggestNext(space, trials, { sampler: stage.sampler, seed, count: portion.count });
    if (values.length === 0) break;
    const suggestions = values.map(asSuggestion);
    const planned = suggestions.map((suggestion, index) =>
      searchTrial(start, suggestion, profile, trials.length + index, networks),
    );
    const results = await Promise.all(planned.map(resultOf));
    results.forEach((result, index) => {
      const score = result?.score ?? null;
      const each = values[index] ?? {};
      trials.push(
        score === null ? { values: each, state: 'failed' } : { values: each, state: 'completed', score },
      );
      if (!result) return;
      const { name } = planned[index] as PlannedTrial;
      const suggestion = suggestions[index] ?? null;
      standings.push({ name, score, suggestion, override: null, takenOver: false });
    });
    if (results.some((result) => result === undefined)) {
      return { stored: standings.length, isComplete: false, standings };
    }
  }
  return { stored: standings.length, isComplete: isKnown, standings };
}
