/**
 * Holm's correction for several tests, in the order of `p`: S. Holm, A simple sequentially rejective multiple test procedure,
 * Scandinavian Journal of Statistics 6 (1979). If each corrected value below α counts as a finding, the probability of one
 * false finding or more is at most α.
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, index) => index).sort((a, b) => (p[a] as number) - (p[b] as number));
  const corrected = new Array<number>(p.length);
  let greatest = 0;
  order.forEach((index, rank) => {
    greatest = Math.max(greatest, Math.min(1, (p.length - rank) * (p[index] as number)));
    corrected[index] = greatest;
  });
  return corrected;
}
