/** Values above this have no place on an axis that shows the others; null if there are none. */
export function upperLimit(values: readonly number[], atLeast: number): number | null {
  const { q1, q3 } = quartiles(values);
  return limitOf(values, Math.max(q3 + REACH * (q3 - q1), atLeast));
}

/** The same for values below; null if there are none. */
export function lowerLimit(values: readonly number[]): number | null {
  const limit = upperLimit(
    values.map((value) => -value),
    Number.NEGATIVE_INFINITY,
  );
  return limit === null ? null : -limit;
}

// --- helpers ---

/** In interquartile ranges: Tukey's "far out". */
const REACH = 3;
/** With fewer values, none is exceptional. */
const ENOUGH = 5;
/** By how much the axis must be longer with the outliers. */
const GAIN = 1.4;

/** The largest value within the fence, which is where the axis ends, if that makes it a good deal shorter. */
function limitOf(values: readonly number[], fence: number): number | null {
  const inside = values.filter((value) => value <= fence);
  if (values.length < ENOUGH || inside.length === 0) return null;
  const limit = Math.max(...inside);
  const least = Math.min(...values);
  return Math.max(...values) - least > GAIN * (limit - least) ? limit : null;
}

function quartiles(values: readonly number[]): { q1: number; q3: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { q1: at(0.25), q3: at(0.75) };
}
