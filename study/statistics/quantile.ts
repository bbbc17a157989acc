/** A quantile of sorted values, between the two values next to it, as NumPy's `quantile` does. @param p from 0 to 1. */
export function quantile(sorted: Float64Array, p: number): number {
  const position = p * (sorted.length - 1);
  const [below, above] = [Math.floor(position), Math.ceil(position)].map((at) => sorted[at]) as [
    number,
    number,
  ];
  return below + (above - below) * (position % 1);
}
