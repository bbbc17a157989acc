import type { Sampler } from '../definition/search-schema.ts';
import { gridPoints, POINTS } from './samplers/grid.ts';
import type { SearchTrial } from './samplers/search-trial.ts';
import { type SearchOptions, suggest } from './samplers/suggest.ts';
import { checkSpace, type Space, type Values } from './space.ts';

/**
 * The values of the next trials of a search that are suggested together: each is chosen as if those before it were running.
 *
 * @param trials all that were suggested before, in their order.
 * @param search.count how many to suggest.
 * @returns fewer if the space has no more.
 */
export function suggestNext(
  space: Space,
  trials: readonly SearchTrial[],
  search: { sampler: Sampler | undefined; seed: number; count: number },
): Values[] {
  const { sampler, seed, count } = search;
  if (sampler?.kind === 'grid') return gridPart(space, trials.length, count, sampler.points);
  const all = [...trials];
  for (let index = 0; index < count; index++) {
    const values = suggest(space, all, optionsOf(sampler), seed);
    if (!values) break;
    all.push({ values, state: 'running' });
  }
  return all.slice(trials.length).map(({ values }) => values);
}

// --- helpers ---

function optionsOf({ kind, ...options }: Sampler = { kind: 'random' }): SearchOptions {
  return { sampler: kind, ...options } as SearchOptions;
}

/** All at once, since each combination is found by going through those before it. */
function gridPart(space: Space, from: number, count: number, points = POINTS): Values[] {
  checkSpace(space);
  const found: Values[] = [];
  let index = 0;
  for (const values of gridPoints(space, points)) {
    if (index++ < from) continue;
    if (found.length === count) break;
    found.push(values);
  }
  return found;
}
