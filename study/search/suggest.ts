import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { SearchSpace } from '../definition/stage-schema.ts';
import type { Settings } from '../definition/training-config.ts';
import { randomStream } from '../trial/random-stream.ts';
import { draw } from './distributions.ts';

/** Settings drawn from a search space: one value for each setting that it varies. */
export type Suggestion = Partial<Pick<Settings, keyof SearchSpace>>;

/**
 * A configuration of a random search: independent draws from the space, the same for the same seed and index.
 *
 * @param index number of configurations drawn before.
 */
export function suggest(space: SearchSpace, { seed, index }: { seed: number; index: number }): Suggestion {
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
