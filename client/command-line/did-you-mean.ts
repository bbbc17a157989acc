/** ` (did you mean "MLP"?)` where a known word is near to one that is not known; else nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = [...new Set(known)]
    .map((candidate) => ({ candidate, distance: edits(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 4))
    .sort((a, b) => a.distance - b.distance)
    .filter(({ distance }, _, [nearest]) => distance === nearest?.distance)
    .map(({ candidate }) => `"${candidate}"`);
  return near.length === 0 ? '' : ` (did you mean ${near.slice(0, 3).join(' or ')}?)`;
}

// --- helpers ---

/** How many letters must be put in, taken out, changed or swapped with their neighbour to make one word the other. */
function edits(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const cells = [row];
    for (let column = 1; column <= to.length; column++) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      const swapped =
        row > 1 && column > 1 && from[row - 2] === to[column - 1] && from[row - 1] === to[column - 2];
      cells[column] = Math.min(
        (rows[row - 1]?.[column] ?? 0) + 1,
        (cells[column - 1] ?? 0) + 1,
        (rows[row - 1]?.[column - 1] ?? 0) + changed,
        swapped ? (rows[row - 2]?.[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    rows.push(cells);
  }
  return rows[from.length]?.[to.length] ?? 0;
}
