import { valuesOf } from '../distributions.ts';
import { applying, namesOf, optionIndex, type Parameter, type Space, type Values } from '../space.ts';
import { choiceEstimate, type Estimate, numericEstimate } from './parzen.ts';
import { drawAll } from './random.ts';
import { isCompleted, type SearchTrial, type Split, split } from './search-trial.ts';
import { START_UP } from './start-up.ts';

/** Draws of which the most promising is taken. */
const CANDIDATES = 24;
const MOST_GOOD = 25;

/** hyperopt's sampler: each parameter by itself, whatever the others are. */
export function suggestByTpe(
  space: Space,
  trials: readonly SearchTrial[],
  { startUp = START_UP.tpe, strict }: { startUp?: number; strict?: 'hyperopt' | undefined },
  random: () => number,
): Values {
  const counted = strict ? trials.length : trials.filter(isCompleted).length;
  if (counted < startUp) return applying(space, drawAll(space, random));
  const groups = splitForTpe(trials, strict);
  const values = namesOf(space).map((name) => {
    const { below, above, toValue } = estimatesOf(name, space, groups, strict);
    return [name, toValue(mostPromising(below, above, random))];
  });
  return applying(space, Object.fromEntries(values));
}

/**
 * The good trials and the others: of N, ¼√N are good, rounded up. hyperopt counts those without a score in N, and takes them for
 * good if there are no others; we do neither.
 */
export function splitForTpe(trials: readonly SearchTrial[], strict?: 'hyperopt'): Split {
  const completed = trials.filter(isCompleted).length;
  const counted = strict ? trials.length : completed;
  const good = Math.min(Math.ceil(Math.sqrt(counted) / 4), MOST_GOOD);
  return split(trials, strict ? good : Math.min(good, completed));
}

/**
 * What good and other trials tell of a parameter. Whole numbers are options for hyperopt (`randint`), which is to say that it
 * doesn't know that 3 is next to 4.
 */
export function estimatesOf(
  name: string,
  space: Space,
  { below, above }: Split,
  strict?: 'hyperopt',
): { below: Estimate; above: Estimate; toValue: (estimated: number) => unknown } {
  const parameter = space[name] as Parameter;
  const observed = (trials: readonly SearchTrial[]) =>
    trials.flatMap(({ values }) => (name in values ? [values[name]] : []));
  if (parameter.kind === 'choice' || (strict && parameter.kind === 'integer')) {
    const options = valuesOf<unknown>(parameter) ?? [];
    const estimate = (values: readonly unknown[]) =>
      choiceEstimate(
        options.length,
        values.map((value) => optionIndex(options, value)),
      );
    return {
      below: estimate(observed(below)),
      above: estimate(observed(above)),
      toValue: (option) => options[option],
    };
  }
  const estimate = (values: readonly unknown[]) => numericEstimate(parameter, values as number[]);
  return {
    below: estimate(observed(below)),
    above: estimate(observed(above)),
    toValue: (value) => value,
  };
}

// --- helpers ---

/** Of some draws from the good values, the one that is the most likely there, compared with the others. The first wins a tie. */
function mostPromising(below: Estimate, above: Estimate, random: () => number): number {
  const scores = new Map<number, number>();
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const value = below.draw(random);
    if (!scores.has(value)) scores.set(value, below.logDensity(value) - above.logDensity(value));
  }
  let [best] = scores.keys();
  for (const [value, score] of scores) if (score > (scores.get(best as number) as number)) best = value;
  return best as number;
}
