import type { SearchSpace } from '../../study/definition/search-schema.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import { partsOf } from '../../study/search/suggestion.ts';
import { mean } from '../../study/statistics/moments.ts';

/**
 * The score that a sampler learns of an evaluation; null if it learns that it's none of the good ones: it has no score, or a
 * person has changed a setting that the search varies, so that the score is of other values.
 */
export function teaches(standings: readonly TrialStanding[], space: SearchSpace): number | null {
  const searched = new Set(Object.keys(space).map((name) => partsOf(name).setting));
  const scores = standings.map(({ score, override }) =>
    Object.keys(override ?? {}).some((setting) => searched.has(setting)) ? null : score,
  );
  const known = scores.filter((score) => score !== null);
  if (known.length < scores.length || known.length === 0) return null;
  return mean(known);
}
