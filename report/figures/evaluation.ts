import { lowerLimit } from './outliers.ts';
import type { SeriesStyle } from './series.ts';

/** An evaluation of a search, or the start that is ranked with them. */
export interface Evaluation extends SeriesStyle {
  name: string;
  /** The label of its mark: its number, or `start`. */
  tag: string;
  /** Of the settings that the search varies, in order: numbers, or names of what isn't one; undefined for a setting that it lacks. */
  values: (number | string | undefined)[];
  /** Validation accuracy, percent. */
  score: number;
  winner: boolean;
}

export const SCORE_TITLE = 'val accuracy, %';

/** Scores below this are marked at the lower edge: on an axis with them, the others would be alike. */
export function scoreLimit(evaluations: readonly Evaluation[]): number {
  return lowerLimit(evaluations.map(({ score }) => score)) ?? Number.NEGATIVE_INFINITY;
}
