import type { SearchTrial } from '../../study/search/samplers/search-trial.ts';
import { type SearchOptions, suggest } from '../../study/search/samplers/suggest.ts';
import type { Problem } from './problems.ts';

/**
 * The best loss after each of these numbers of evaluations, one at a time.
 *
 * @param budgets in rising order.
 */
export function bestLosses(
  { space, loss }: Problem,
  options: SearchOptions,
  seed: number,
  budgets: readonly number[],
): number[] {
  const trials: SearchTrial[] = [];
  const losses: number[] = [];
  while (losses.length < (budgets.at(-1) ?? 0)) {
    const values = suggest(space, trials, options, seed);
    if (!values) break;
    const value = loss(values);
    losses.push(value);
    trials.push({ values, state: 'completed', score: -value });
  }
  return budgets.map((budget) => Math.min(...losses.slice(0, budget)));
}

/** Milliseconds of processor time that a suggestion takes with so many trials behind it: the least of five. */
export function suggestionMilliseconds(
  { space, loss }: Problem,
  options: SearchOptions,
  count: number,
): number {
  const trials: SearchTrial[] = [];
  while (trials.length < count) {
    const values = suggest(space, trials, { sampler: 'random' }, 0) ?? {};
    trials.push({ values, state: 'completed', score: -loss(values) });
  }
  const times = [0, 1, 2, 3, 4].map((seed) => {
    const before = process.cpuUsage();
    suggest(space, trials, options, seed);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}
