import { holm } from '../../study/statistics/holm.ts';
import { mannWhitney } from '../../study/statistics/mann-whitney.ts';
import { median } from '../timing/statistics.ts';

/** Our best losses beside a peer's, on one problem after one number of evaluations; each has one loss for each seed. */
export interface Cell {
  problem: string;
  evaluations: number;
  ours: readonly number[];
  peer: readonly number[];
}

export interface Compared extends Cell {
  ourMedian: number;
  peerMedian: number;
  /** That ours are worse: below 0.05, they are. Corrected by Holm for the number of cells. */
  pWorse: number;
  /** That ours are better, not corrected. */
  pBetter: number;
}

/** Compares all cells with one peer, by one-sided Mann-Whitney tests. */
export function compareCells(cells: readonly Cell[]): Compared[] {
  const worse = holm(cells.map(({ ours, peer }) => mannWhitney(ours, peer)));
  return cells.map((cell, index) => ({
    ...cell,
    ourMedian: median(cell.ours),
    peerMedian: median(cell.peer),
    pWorse: worse[index] as number,
    pBetter: mannWhitney(cell.peer, cell.ours),
  }));
}
