/** A trial's standing within its stage. */
export interface Standing {
  name: string;
  /** Validation accuracy of the best epoch, percent; null for a trial that can't be ranked. */
  score: number | null;
  /** How far it came if its search stopped it. */
  stopped?: { epoch: number; score: number };
}

/**
 * Best first. In a tie, the earlier candidate wins. Trials without a score come last: first those that were stopped, the
 * furthest first, and then the better at the same epoch. A stopped trial can't win: what it would have reached is not known, and a
 * score of fewer epochs says nothing beside one of all.
 *
 * @param standings in the order of the candidates.
 */
export function rank<T extends Standing>(standings: readonly T[]): T[] {
  // Array.prototype.sort is stable, so equal scores keep the order of the candidates.
  return [...standings].sort(
    (a, b) =>
      ahead(b.score, a.score) ||
      ahead(b.stopped?.epoch, a.stopped?.epoch) ||
      ahead(b.stopped?.score, a.stopped?.score),
  );
}

// --- helpers ---

/** More than 0 if the first is more; what is missing is less than anything. */
function ahead(one: number | null | undefined, other: number | null | undefined): number {
  // The difference of two infinities is NaN, which `|| 0` turns into a tie.
  return (one ?? Number.NEGATIVE_INFINITY) - (other ?? Number.NEGATIVE_INFINITY) || 0;
}
