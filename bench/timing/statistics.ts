/** Several measurements of the same quantity. */
export interface Summary {
  median: number;
  least: number;
  most: number;
  /** Number of measurements. */
  runs: number;
  /** Number of measurements that were disturbed in every repetition. */
  disturbed: number;
}

/** @throws {RangeError} if there are no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median: expected one value or more, got none');
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] as number;
  return (lower + upper) / 2;
}

/** @throws {RangeError} if there are no values. */
export function summarise(values: readonly number[], disturbed: number): Summary {
  return {
    median: median(values),
    least: Math.min(...values),
    most: Math.max(...values),
    runs: values.length,
    disturbed,
  };
}
