import { distance } from 'fastest-levenshtein';

/** ` (did you mean "MLP"?)` if known words are similar to an unknown one; otherwise an empty string. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = [...new Set(known)]
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 4))
    .sort((a, b) => a.edits - b.edits)
    .filter(({ edits }, _, [nearest]) => edits === nearest?.edits)
    .map(({ candidate }) => `"${candidate}"`);
  return near.length === 0 ? '' : ` (did you mean ${near.slice(0, 3).join(' or ')}?)`;
}
