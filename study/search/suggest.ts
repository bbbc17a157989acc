import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { SearchSpace } from '../definition/stage-schema.ts';
import type { Settings } from '../definition/training-config.ts';
import { randomStream } from '../trial/random-stream.ts';
import { draw } from './distributions.ts';

/** Settings drawn from a search space: one value for each setting that it varies. */
export type Suggestion = Partial<Pick<Settings, keyof SearchSpace>>;

/** A trial of the search that has ended, as a sampler sees it. */
export interface SearchedTrial {
  suggestion: Suggestion;
  /** Percent; null for a trial that diverged, ran out of memory or was skipped. */
  score: number | null;
}

/**
 * The next configuration of a random search: independent draws from the space, the same for the same seed and index.
 *
 * @param _trials the search's ended trials, for samplers that learn from them. Random search does not.
 * @param index number of configurations suggested before, whether or not their trials have ended.
 */
export function suggest(
  space: SearchSpace,
  _trials: readonly SearchedTrial[],
  { seed, index }: { seed: number; index: number },
): Suggestion {
  const stream = randomStream('search', seed, index);
  const random = () => uniformFloat64(stream);
  // Sorted, so that the order in which a space is written doesn't matter.
  const names = (Object.keys(space) as (keyof SearchSpace)[]).sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const distribution = space[name];
      return distribution ? [[name, draw(distribution, random)]] : [];
    }),
  );
}
