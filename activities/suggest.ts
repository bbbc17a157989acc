import type { SearchSpace } from '../study/definition/stage-schema.ts';
import { type Suggestion, suggest } from '../study/search/suggest.ts';

/**
 * Draws the configurations of a search. An activity, so that they are in the workflow's history: a replay doesn't draw them
 * again, and a new version's sampler doesn't change a study that has started.
 */
export async function suggestAll(search: {
  space: SearchSpace;
  seed: number;
  /** How many to draw. */
  count: number;
}): Promise<Suggestion[]> {
  const { space, seed, count } = search;
  return Array.from({ length: count }, (_, index) => suggest(space, { seed, index }));
}
