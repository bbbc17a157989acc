import { valuesOf } from '../search/distributions.ts';
import { spaceFaults } from '../search/space.ts';
import type { Complain } from './check-published.ts';
import type { SearchSpace } from './stage-schema.ts';
import { settingsSchema } from './training-config.ts';

/** Every value that can be drawn must be allowed for its setting. */
export function checkSearchSpace(space: SearchSpace, path: (string | number)[], complain: Complain): void {
  const settings = Object.entries(space).flatMap(([name, distribution]) =>
    distribution ? [{ name: name as keyof SearchSpace, distribution }] : [],
  );
  if (settings.length === 0) {
    complain(path, space, 'at least one setting to vary; add learningRate, batchSize, epochs or dropout');
  }
  for (const { name, distribution } of settings) {
    const faults = spaceFaults({ [name]: distribution });
    for (const fault of faults) complain([...path, ...fault.path], fault.value, fault.expected);
    if (faults.length === 0) checkValues(name, distribution, [...path, name], complain);
  }
}

// --- helpers ---

const WHOLE = ['batchSize', 'epochs'];

function checkValues(
  name: keyof SearchSpace,
  distribution: NonNullable<SearchSpace[keyof SearchSpace]>,
  at: (string | number)[],
  complain: Complain,
): void {
  const { kind } = distribution;
  if (WHOLE.includes(name) && (kind === 'uniform' || kind === 'loguniform')) {
    complain(
      [...at, 'kind'],
      kind,
      `integer, quniform, qloguniform or choice, since ${name} is a whole number`,
    );
    return;
  }
  if (WHOLE.includes(name) && 'q' in distribution && !Number.isInteger(distribution.q)) {
    complain([...at, 'q'], distribution.q, `a whole number, since ${name} is one`);
    return;
  }
  // Rounded to a multiple, a value can lie outside the range.
  const values = distribution.kind === 'choice' ? distribution.options : valuesOf(distribution);
  const ends = 'low' in distribution ? [distribution.low, distribution.high] : [];
  const bad = (values ?? ends).find((value) => !settingsSchema.shape[name].safeParse(value).success);
  if (bad === undefined) return;
  complain(
    at,
    distribution,
    `only values that are allowed for ${name}, which ${bad} is not; change the distribution`,
  );
}
