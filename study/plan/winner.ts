import { type Measured, meritOf } from '../trial/measure.ts';

/** A trial's standing within its stage. */
export interface Standing extends Measured {
  name: string;
  /** Of the best epoch: percent, or nats an image for `loss`; null for a trial that can't be ranked. */
  score: number | null;
  /** How far it came if its search stopped it. */
  stopped?: { epoch: number; score: number };
}

/**
 * Best first. In a tie, the earlier candidate wins. Trials without a score come last: first those that were stopped, the
 * furthest first, and then the better at the same epoch. A stopped trial can't win: what it would have reached is not known, and a
 * score of fewer epochs says nothing beside one of all.
 *
 * @param standings in the order of the candidates, all in the same measure.
 */
export function rank<T extends Standing>(standings: readonly T[]): T[] {
  const measure = measureOf(standings);
  const merit = (score: number | null | undefined) => (score == null ? score : meritOf(score, measure));
  // Array.prototype.sort is stable, so equal scores keep the order of the candidates.
  return [...standings].sort(
    (a, b) =>
      ahead(merit(b.score), merit(a.score)) ||
      ahead(b.stopped?.epoch, a.stopped?.epoch) ||
      ahead(merit(b.stopped?.score), merit(a.stopped?.score)),
  );
}

/** The measure of several standings; undefined for accuracy. */
export function measureOf(standings: readonly Measured[]): Measured['measure'] {
  return standings.find(({ measure }) => measure)?.measure;
}

// --- helpers ---

/** More than 0 if the first is more; what is missing is less than anything. */
function ahead(one: number | null | undefined, other: number | null | undefined): number {
  // The difference of two infinities is NaN, which `|| 0` turns into a tie.
  return (one ?? Number.NEGATIVE_INFINITY) - (other ?? Number.NEGATIVE_INFINITY) || 0;
}
