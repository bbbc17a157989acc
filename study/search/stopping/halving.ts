import { type Curve, type Decision, type HalvingRule, scoreAt } from './rules.ts';

/**
 * Successive halving: K. Jamieson, A. Talwalkar, Non-stochastic best arm identification and hyperparameter optimization (2016). At a
 * rung, all trials of a round wait for each other; then 1 of `factor` continues, rounded down, but at least one. Where scores are
 * equal, the earlier trial does. So the decision doesn't depend on who is faster.
 *
 * @param index of the trial in its round; it has come to the rung.
 * @param round the trials of its round, in their order. One that has ended before the rung doesn't count.
 */
export function decideByHalving(
  { factor }: Pick<HalvingRule, 'factor'>,
  index: number,
  rung: number,
  round: readonly Curve[],
): Decision {
  if (round.some(({ scores, epochs, ended }) => !ended && scores.length < Math.min(rung, epochs)))
    return 'wait';
  const arrived = round.flatMap((curve, trial) => {
    const score = curve.epochs > rung ? scoreAt(curve, rung) : undefined;
    return score === undefined ? [] : [{ trial, score }];
  });
  const going = Math.max(1, Math.floor(arrived.length / factor));
  const ranked = arrived.sort((a, b) => b.score - a.score).slice(0, going);
  return ranked.some(({ trial }) => trial === index) ? 'continue' : 'stop';
}
