import type { SearchSpace } from '../study/definition/stage-schema.ts';
import { type SearchedTrial, type Suggestion, suggest } from '../study/search/suggest.ts';

/**
 * Suggests the next configuration of a search. An activity, so that the suggestion is in the workflow's history: a
 * replay doesn't compute it again, and a new version's sampler doesn't change a study that has started.
 */
export async function suggestNext(search: {
  space: SearchSpace;
  seed: number;
  /** Number of configurations suggested before. */
  index: number;
  ended: SearchedTrial[];
}): Promise<Suggestion> {
  return suggest(search.space, search.ended, search);
}
