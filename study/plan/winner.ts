/** A trial's standing within its stage. */
export interface Standing {
  name: string;
  /** Validation accuracy of the best epoch, percent; null for a trial that can't be ranked. */
  score: number | null;
}

/**
 * Best first. In a tie, the earlier candidate wins. Trials without a score come last, in their order.
 *
 * @param standings in the order of the candidates.
 */
export function rank<T extends Standing>(standings: readonly T[]): T[] {
  // Array.prototype.sort is stable, so equal scores keep the order of the candidates.
  return [...standings].sort((a, b) => scoreOf(b) - scoreOf(a) || 0);
}

// --- helpers ---

function scoreOf({ score }: Standing): number {
  // The difference of two infinities is NaN, which `|| 0` above turns into a tie.
  return score ?? Number.NEGATIVE_INFINITY;
}
