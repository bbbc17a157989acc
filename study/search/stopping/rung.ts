import { scoreAt } from './rules.ts';

/** An epoch after which a search may stop a trial. There, training can halt: it ends with a checkpoint, from which it can go on. */
export interface Rung {
  epoch: number;
  /** Training halts if its best epoch so far has less merit than this. null: it halts in any case. */
  haltBelow: number | null;
}

/**
 * The first rung at which a trial that has come so far halts; undefined if it goes on.
 *
 * @param scores the merit after each epoch so far, of which more is better: see `meritOf`.
 */
export function haltedAt(rungs: readonly Rung[], scores: readonly number[]): Rung | undefined {
  return rungs.find(({ epoch, haltBelow }) => {
    const score = scoreAt({ scores }, epoch);
    return score !== undefined && (haltBelow === null || score < haltBelow);
  });
}

/** What a trial had reached at a rung. */
export interface RungScore {
  epoch: number;
  /** Merit of the best epoch up to there, of which more is better: see `meritOf`. */
  score: number;
}

/** What a trial that has come so far had reached at each of its rungs, in their order. */
export function scoresAtRungs(rungs: readonly Rung[], scores: readonly number[]): RungScore[] {
  return rungs.flatMap(({ epoch }) => {
    const score = scoreAt({ scores }, epoch);
    return score === undefined ? [] : [{ epoch, score }];
  });
}
