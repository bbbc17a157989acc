import { duration } from '../../words/numbers.ts';

/** Between which bounds a time is. */
export interface SecondsRange {
  least: number;
  most: number;
}

/** Whether the bounds are so far apart that both are worth printing. */
export function isWide({ least, most }: SecondsRange): boolean {
  return most > 1.2 * least;
}

/** `20 min 0 s to 30 min 0 s`, or `about 30 min 0 s` if the bounds are close. */
export function describeRange(seconds: SecondsRange): string {
  if (isWide(seconds)) return `${duration(seconds.least)} to ${duration(seconds.most)}`;
  return `about ${duration(seconds.most)}`;
}
