import { type AshaRule, type Curve, type Decision, scoreAt } from './rules.ts';

/**
 * Asynchronous successive halving as in Ray Tune, after L. Li et al., A system for massively parallel hyperparameter tuning (2020): a
 * trial stops if it is not among the best 1 of `factor` of those that came to the rung before it. Nobody waits, so the decision
 * depends on the order in which trials arrive: whoever calls this must record it.
 *
 * @param trial has come to the rung.
 * @param arrivals the scores at this rung of the trials that came to it before, in any order.
 */
export function decideByAsha(
  { factor }: Pick<AshaRule, 'factor'>,
  trial: Curve,
  rung: number,
  arrivals: readonly number[],
): Decision {
  if (arrivals.length === 0) return 'continue';
  const sorted = [...arrivals].sort((a, b) => a - b);
  const place = (1 - 1 / factor) * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  const cutoff = below + (above - below) * (place % 1);
  return (scoreAt(trial, rung) ?? Number.POSITIVE_INFINITY) < cutoff ? 'stop' : 'continue';
}
