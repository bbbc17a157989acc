import type { SearchSpace } from '../study/definition/stage-schema.ts';

/** What a search draws each setting from, a line each: `learningRate: 0.001 to 0.1, logarithmic`. */
export function spaceInWords(space: SearchSpace): string[] {
  return Object.entries(space).flatMap(([setting, distribution]) =>
    distribution ? [`${setting}: ${inWords(distribution)}`] : [],
  );
}

// --- helpers ---

type Distribution = NonNullable<SearchSpace[keyof SearchSpace]>;

function inWords(distribution: Distribution): string {
  if (distribution.kind === 'choice') return distribution.options.join(' or ');
  const { kind, low, high } = distribution;
  const range = `${low} to ${high}`;
  switch (kind) {
    case 'uniform':
      return range;
    case 'loguniform':
      return `${range}, logarithmic`;
    case 'quniform':
      return `${range} in steps of ${distribution.q}`;
    case 'qloguniform':
      return `${range} in steps of ${distribution.q}, logarithmic`;
    case 'integer':
      return `${range}, whole numbers`;
  }
}
