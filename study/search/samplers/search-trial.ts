import type { Values } from '../space.ts';

/** A trial of a search. */
export type SearchTrial = { values: Values } & (
  | { state: 'completed' /** Higher is better; a finite number. */; score: number }
  /** It is being trained, or has not begun. */
  | { state: 'running' }
  /** It ended without a score: it diverged, didn't fit into memory, was stopped early or was skipped. */
  | { state: 'failed' }
);

/** The good trials and the others, each in their order. */
export interface Split {
  below: SearchTrial[];
  above: SearchTrial[];
}

/**
 * Splits trials at a rank. Those without a score rank last; where scores are equal, the earlier trial ranks first.
 *
 * @param good how many of the best are `below`: so they are called after their losses.
 */
export function split(trials: readonly SearchTrial[], good: number): Split {
  const ranked = [...trials].sort((a, b) => scoreOf(b) - scoreOf(a) || 0);
  const best = new Set(ranked.slice(0, good));
  return {
    below: trials.filter((trial) => best.has(trial)),
    above: trials.filter((trial) => !best.has(trial)),
  };
}

export function isCompleted(trial: SearchTrial): boolean {
  return trial.state === 'completed';
}

// --- helpers ---

function scoreOf(trial: SearchTrial): number {
  // The difference of two infinities is NaN, which `|| 0` above turns into a tie.
  return trial.state === 'completed' ? trial.score : Number.NEGATIVE_INFINITY;
}
