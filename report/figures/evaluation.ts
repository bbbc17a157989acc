import type { OtherMeasure } from '../../study/trial/measure.ts';
import { measureName } from '../../words/measure.ts';
import { lowerLimit, upperLimit } from './outliers.ts';
import type { SeriesStyle } from './series.ts';

/** An evaluation of a search, or the start that is ranked with them. */
export interface Evaluation extends SeriesStyle {
  name: string;
  /** The label of its mark: its number, or `start`. */
  tag: string;
  /** Of the settings that the search varies, in order: numbers, or names of what isn't one; undefined for a setting that it lacks. */
  values: (number | string | undefined)[];
  score: number;
  winner: boolean;
}

/** The title of an axis of scores: `val accuracy, %`. @param measure undefined for accuracy. */
export function scoreTitle(measure: OtherMeasure | undefined): string {
  return `val ${measureName(measure)}${measure === 'loss' ? '' : ', %'}`;
}

/** Scores that are marked at an edge: on an axis with them, the others would be alike. */
export interface ScoreLimits {
  low: number;
  high: number;
}

/** Where an axis ends for bad scores: at the lower edge, or for losses at the upper one. */
export function scoreLimits(
  evaluations: readonly Evaluation[],
  measure: OtherMeasure | undefined,
): ScoreLimits {
  const scores = evaluations.map(({ score }) => score);
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return measure === 'loss'
    ? { low, high: upperLimit(scores, low) ?? high }
    : { low: lowerLimit(scores) ?? low, high };
}
