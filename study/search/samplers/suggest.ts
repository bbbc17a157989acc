import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { randomStream } from '../../trial/random-stream.ts';
import { applying, checkSpace, type Space, type Values } from '../space.ts';
import { gridPoint } from './grid.ts';
import { drawAll } from './random.ts';
import type { SearchTrial } from './search-trial.ts';
import { START_UP } from './start-up.ts';
import { suggestByTpe } from './tpe.ts';
import { suggestByMultivariateTpe } from './tpe-multivariate.ts';
import { unseen } from './unseen.ts';

/** How a search chooses. Left out, a field has the value that the sampler's own file names. */
export type SearchOptions =
  /** Independent draws, whatever the results. */
  | { sampler: 'random' }
  /** Every combination once, in order; `points` for each parameter without a list of values, at least 2. */
  | { sampler: 'grid'; points?: number }
  /**
   * A tree of Parzen estimators, as in hyperopt; `startUp` random draws come first. `strict: 'hyperopt'` is hyperopt 0.3.0 in every
   * detail but its random numbers.
   */
  | { sampler: 'tpe'; startUp?: number; strict?: 'hyperopt' }
  /** Parzen estimators of all parameters together, as in Optuna 5; `startUp` spread draws come first. */
  | { sampler: 'tpe-multivariate'; startUp?: number };

/**
 * The values that a search tries next; null if there are none left, which is only so for a grid, and for spaces without a
 * continuous parameter.
 *
 * It depends on the arguments alone. With the same results under the same numbers it is therefore the same, whoever ended first.
 *
 * @param trials all trials that were suggested before, in their order: a trial's number is its index.
 * @param seed a whole number from 0 on.
 * @throws {InvalidSpaceError} that lists every fault of the space.
 */
export function suggest(
  space: Space,
  trials: readonly SearchTrial[],
  options: SearchOptions,
  seed: number,
): Values | null {
  checkSpace(space);
  const index = trials.length;
  switch (options.sampler) {
    case 'random':
      return applying(space, drawAll(space, numbers('search', seed, index)));
    case 'grid':
      return gridPoint(space, index, options.points);
    case 'tpe': {
      const propose = (random: () => number) => suggestByTpe(space, trials, options, random);
      // hyperopt doesn't mind trying the same twice.
      // Its start-up is random search, with the draws of one.
      const isStartUp = index < (options.startUp ?? START_UP.tpe);
      if (options.strict) return propose(numbers(isStartUp ? 'search' : 'tpe', seed, index));
      return unseen(space, trials, propose, numbers('tpe', seed, index));
    }
    case 'tpe-multivariate': {
      const propose = (random: () => number) =>
        suggestByMultivariateTpe(space, trials, options, { random, seed });
      return unseen(space, trials, propose, numbers('tpe-multivariate', seed, index));
    }
  }
}

// --- helpers ---

/** Random numbers from 0 to 1, without 1: the same for the same key. */
function numbers(...key: (string | number)[]): () => number {
  const stream = randomStream(...key);
  return () => uniformFloat64(stream);
}
