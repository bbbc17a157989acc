/** Scores and their differences in the unit of their measure; `undefined` is accuracy. */
import type { Measure } from '../study/trial/measure.ts';
import { loss, percent, points, signed } from './numbers.ts';

/** `accuracy`, `balanced accuracy`, `macro F1`, `top-5 accuracy` or `loss`. */
export function measureName(measure: Measure = 'accuracy'): string {
  return measure === 'top-5' ? 'top-5 accuracy' : measure;
}

/** A score where its measure is known, as in a column: `88.18 %`, or a loss `0.4312`. */
export function valueInWords(score: number, measure?: Measure): string {
  return measure === 'loss' ? loss(score) : percent(score);
}

/** A score that says its measure, unless that is accuracy: `88.18 %`, `macro F1 71.20 %`, `loss 0.4312`. */
export function scoreInWords(score: number, measure?: Measure): string {
  const value = valueInWords(score, measure);
  return measure === undefined || measure === 'accuracy' ? value : `${measureName(measure)} ${value}`;
}

/** `points`, or `nats` for a loss. */
export function unitOfDifferences(measure?: Measure): string {
  return measure === 'loss' ? 'nats' : 'points';
}

/** The size of a difference between two scores: `1.20 points`, `0.0123 nats`. */
export function differenceInWords(difference: number, measure?: Measure): string {
  if (measure !== 'loss') return points(difference);
  return `${Math.abs(difference).toFixed(4)}\u00a0nats`;
}

/** A difference with its sign and without its unit: `+1.20`, `−0.0123`. */
export function signedDifference(difference: number, measure?: Measure): string {
  return signed(difference, digitsOf(measure));
}

/** A score's digits alone, as in a list: `88.18`, `0.4312`. */
export function digitsInWords(score: number, measure?: Measure): string {
  return score.toFixed(digitsOf(measure));
}

// --- helpers ---

/** Decimals of a score. */
function digitsOf(measure: Measure | undefined): number {
  return measure === 'loss' ? 4 : 2;
}
