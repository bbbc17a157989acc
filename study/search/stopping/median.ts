import { type Curve, type Decision, scoreAt, scoresAt } from './rules.ts';

/** Earlier trials that must have come to a rung before it stops any. */
const START_UP = 5;

/**
 * The rule of D. Golovin et al., Google Vizier: a service for black-box optimization (2017), with the best epoch so far instead of
 * the mean: a trial stops if it is behind the median of the trials of earlier rounds at the same rung. Those of its own round don't
 * count, so the decision doesn't depend on who is faster.
 *
 * @param trial has come to the rung.
 * @param earlier the trials of earlier rounds, whether or not they were stopped later.
 */
export function decideByMedian(trial: Curve, rung: number, earlier: readonly Curve[]): Decision {
  const others = scoresAt(earlier, rung).sort((a, b) => a - b);
  if (others.length < START_UP) return 'continue';
  const [lower, upper] = [Math.ceil(others.length / 2) - 1, Math.floor(others.length / 2)];
  const median = ((others[lower] as number) + (others[upper] as number)) / 2;
  return (scoreAt(trial, rung) ?? Number.POSITIVE_INFINITY) < median ? 'stop' : 'continue';
}
