/** Which images a run classifies correctly: 1 for each that it does, 0 for each that it doesn't, in the data set's order. */
export type Hits = ArrayLike<number>;

/** @throws {RangeError} unless both are of the same images, at least one. */
export function checkSameImages(a: Hits, b: Hits): void {
  if (a.length === b.length && a.length > 0) return;
  throw new RangeError(
    `expected hits of two runs on the same images, got ${a.length} and ${b.length} images; take both from one split`,
  );
}
