import { type Curve, type Decision, scoreAt, scoresAt } from './rules.ts';

/** Earlier trials that must have come to a rung before it stops any. */
export const MEDIAN_START_UP = 5;

/**
 * The rule of D. Golovin et al., Google Vizier: a service for black-box optimization (2017), with the best epoch so far instead of
 * the mean: a trial stops if it is behind the median of the trials of earlier rounds at the same rung. Those of its own round don't
 * count, so the decision doesn't depend on who is faster.
 *
 * @param trial has come to the rung.
 * @param earlier the trials of earlier rounds, whether or not they were stopped later. For one that ends there, it is no rung.
 */
export function decideByMedian(trial: Curve, rung: number, earlier: readonly Curve[]): Decision {
  const score = scoreAt(trial, rung) ?? Number.POSITIVE_INFINITY;
  const others = earlier.filter(({ epochs }) => epochs > rung);
  return score < medianLimit(scoresAt(others, rung)) ? 'stop' : 'continue';
}

/** Nothing is below this: JSON has no infinity. */
const NOTHING_BELOW = -Number.MAX_VALUE;

/**
 * The merit below which that rule stops a trial: the lowest number, which none is below, before enough trials have come to the rung.
 *
 * @param scores merits of the trials of earlier rounds at the rung.
 */
export function medianLimit(scores: readonly number[]): number {
  if (scores.length < MEDIAN_START_UP) return NOTHING_BELOW;
  const sorted = [...scores].sort((a, b) => a - b);
  const [lower, upper] = [Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2)];
  return ((sorted[lower] as number) + (sorted[upper] as number)) / 2;
}
