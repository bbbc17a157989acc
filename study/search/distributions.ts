import type { SearchSpace } from '../definition/stage-schema.ts';

export type Distribution = NonNullable<SearchSpace[keyof SearchSpace]>;

/** A draw. `quniform` is hyperopt's: round(uniform(low, high) / q) · q, half to even. */
export function draw(distribution: Distribution, random: () => number): number {
  switch (distribution.kind) {
    case 'uniform':
      return distribution.low + random() * (distribution.high - distribution.low);
    case 'quniform': {
      const value = distribution.low + random() * (distribution.high - distribution.low);
      return roundHalfToEven(value / distribution.q) * distribution.q;
    }
    case 'choice': {
      const { options } = distribution;
      const index = Math.min(Math.floor(random() * options.length), options.length - 1);
      return options[index] as number;
    }
  }
}

// --- helpers ---

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
