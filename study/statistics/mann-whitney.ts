import { normalBelow } from './normal.ts';

/**
 * The one-sided test of H. Mann and D. Whitney, On a test of whether one of two random variables is stochastically larger than
 * the other, Annals of Mathematical Statistics 18 (1947), with the normal approximation, corrected for continuity and ties. From
 * about eight values a side, that is close enough.
 *
 * @returns the probability of such values or clearer ones, if `greater` doesn't tend to be greater than `than`.
 */
export function mannWhitney(greater: readonly number[], than: readonly number[]): number {
  const sorted = [...greater, ...than].sort((a, b) => a - b);
  const ranks = new Map<number, number>();
  let ties = 0;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    ranks.set(sorted[from] as number, (from + 1 + to) / 2);
    ties += (to - from) ** 3 - (to - from);
  }
  const [n, m, all] = [greater.length, than.length, sorted.length];
  const rankSum = greater.reduce((sum, value) => sum + (ranks.get(value) as number), 0);
  const u = rankSum - (n * (n + 1)) / 2;
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
  // All values are equal.
  if (deviation === 0) return 1;
  return normalBelow((0.5 - (u - (n * m) / 2)) / deviation);
}
