import { holm } from '../../study/statistics/holm.ts';
import { mannWhitney } from '../../study/statistics/mann-whitney.ts';

/** Our best losses beside a peer's, on one problem after one number of evaluations; each has one loss for each seed. */
export interface Cell {
  problem: string;
  evaluations: number;
  ours: readonly number[];
  peer: readonly number[];
}

/** Where ours and a peer's differ, with the p of a one-sided Mann-Whitney test. */
export interface Difference {
  problem: string;
  evaluations: number;
  p: number;
}

const SIGNIFICANT = 0.05;

/** The cells in which ours are worse, and those in which they are better. Each p is corrected by Holm for all cells. */
export function differences(cells: readonly Cell[]): { worse: Difference[]; better: Difference[] } {
  const significant = (p: readonly number[]) =>
    holm(p).flatMap((corrected, index): Difference[] => {
      const { problem, evaluations } = cells[index] as Cell;
      return corrected < SIGNIFICANT ? [{ problem, evaluations, p: corrected }] : [];
    });
  return {
    worse: significant(cells.map(({ ours, peer }) => mannWhitney(ours, peer))),
    better: significant(cells.map(({ ours, peer }) => mannWhitney(peer, ours))),
  };
}
