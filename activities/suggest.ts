import type { SearchSpace } from '../study/definition/stage-schema.ts';
import { type SearchedTrial, type Suggestion, suggest } from '../study/search/suggest.ts';

/**
 * Suggests the next configurations of a search. An activity, so that suggestions are in the workflow's history: a
 * replay doesn't compute them again, and a new version's sampler doesn't change a study that has started.
 */
export async function suggestNext(search: {
  space: SearchSpace;
  seed: number;
  /** Number of configurations suggested before. */
  index: number;
  /** How many to suggest. */
  count: number;
  ended: SearchedTrial[];
}): Promise<Suggestion[]> {
  const { space, seed, index, count, ended } = search;
  return Array.from({ length: count }, (_, place) => suggest(space, ended, { seed, index: index + place }));
}
