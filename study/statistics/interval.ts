/** Where a value is, with a confidence. */
export interface Interval {
  low: number;
  high: number;
}

/** The confidence of every interval of this project, unless it says otherwise. */
export const CONFIDENCE = 0.95;
