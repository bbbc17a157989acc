/** What a search varies: named parameters, each with a distribution, some of them only under a condition. */
import { normalBetween } from '../statistics/normal.ts';
import { type Distribution, scaleOf, valuesOf } from './distributions.ts';

/**
 * A parameter's distribution. With `when`, it applies only while other parameters have these values: each is named with one of
 * its own values.
 */
export type Parameter = Distribution & { when?: Readonly<Record<string, unknown>> };
export type Space = Readonly<Record<string, Parameter>>;
/** One value for each parameter that applies. */
export type Values = Record<string, unknown>;

/** What is wrong with a space, as a message that reads `expected …`. */
export interface SpaceFault {
  /** Within the space: `['learningRate', 'high']`. */
  path: (string | number)[];
  value: unknown;
  expected: string;
}

/** A space that can't be searched. The message names every fault, its place and its fix. */
export class InvalidSpaceError extends Error {
  override name = 'InvalidSpaceError';
}

/** @throws {InvalidSpaceError} that lists every fault as `path: expected …, got …`. */
export function checkSpace(space: Space): void {
  const faults = spaceFaults(space);
  if (faults.length === 0) return;
  const lines = faults.map(
    ({ path, value, expected }) =>
      `${['space', ...path].join('.')}: expected ${expected}, got ${JSON.stringify(value) ?? 'nothing'}`,
  );
  throw new InvalidSpaceError(lines.join('\n'));
}

/** Every fault of a space; none if it can be searched. */
export function spaceFaults(space: Space): SpaceFault[] {
  const names = Object.keys(space);
  if (names.length === 0) {
    return [{ path: [], value: space, expected: 'at least one parameter; add one, with its distribution' }];
  }
  return names.flatMap((name) => {
    const parameter = space[name] as Parameter;
    const faults = [...distributionFaults(parameter), ...conditionFaults(name, space)];
    return faults.map(({ path, ...fault }) => ({ path: [name, ...path], ...fault }));
  });
}

/** The names of the parameters, sorted, so that the order in which a space is written doesn't matter. */
export function namesOf(space: Space): string[] {
  return Object.keys(space).sort();
}

/** What of these values applies. */
export function applying(space: Space, values: Values): Values {
  return Object.fromEntries(
    namesOf(space)
      .filter((name) => applies(name, space, values))
      .map((name) => [name, values[name]]),
  );
}

/** Whether a parameter applies, with these values of the others. */
export function applies(name: string, space: Space, values: Values): boolean {
  return Object.entries(space[name]?.when ?? {}).every(
    ([other, value]) => sameValue(values[other], value) && applies(other, space, values),
  );
}

/** The index of a choice's option; −1 if it is none of them. */
export function optionIndex(options: readonly unknown[], value: unknown): number {
  return options.findIndex((option) => sameValue(option, value));
}

/** Whether two values that can be written as JSON are the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue((a as Values)[key], (b as Values)[key]))
  );
}

// --- helpers ---

/** A normal distribution of which `low` and `high` leave less is hardly the one that was meant. */
const LEAST_LEFT = 0.01;

function distributionFaults(distribution: Distribution): SpaceFault[] {
  if (distribution.kind === 'choice') return choiceFaults(distribution.options);
  const faults: SpaceFault[] = [];
  const complain = (key: string, value: unknown, expected: string) =>
    faults.push({ path: [key], value, expected });
  const numbers = ['low', 'high', 'q', 'mean', 'deviation'] as const;
  const given = distribution as Partial<Record<(typeof numbers)[number], unknown>>;
  const needed =
    'mean' in distribution || 'deviation' in distribution ? ['mean', 'deviation'] : ['low', 'high'];
  for (const key of numbers) {
    const value = given[key];
    if (value === undefined && !needed.includes(key)) continue;
    if (typeof value !== 'number' || !Number.isFinite(value)) complain(key, value, 'a finite number');
  }
  if (faults.length > 0) return faults;
  const { low, high } = distribution;
  if (distribution.kind === 'integer') {
    for (const [key, value] of Object.entries({ low, high })) {
      if (!Number.isSafeInteger(value)) complain(key, value, 'a whole number');
    }
  } else if (scaleOf(distribution).logarithmic && low !== undefined && low <= 0) {
    complain('low', low, 'more than 0, since the scale is logarithmic');
  }
  if (low !== undefined && high !== undefined && low >= high) {
    complain('high', high, `more than low, which is ${low}`);
  }
  if ('q' in distribution && distribution.q <= 0) complain('q', distribution.q, 'a step of more than 0');
  if ('deviation' in distribution && distribution.deviation <= 0) {
    complain('deviation', distribution.deviation, 'more than 0');
  }
  if (faults.length === 0 && 'mean' in distribution) {
    const { low: from, high: to, mean, deviation } = scaleOf(distribution);
    const left = normalBetween((from - mean) / deviation, (to - mean) / deviation);
    if (left < LEAST_LEFT) {
      complain('mean', mean, `a distribution of which low and high leave at least ${LEAST_LEFT * 100} %`);
    }
  }
  return faults;
}

function choiceFaults(options: readonly unknown[]): SpaceFault[] {
  if (options.length === 0) return [{ path: ['options'], value: options, expected: 'at least one option' }];
  return options.flatMap((option, index) =>
    optionIndex(options, option) < index
      ? [
          {
            path: ['options', index],
            value: option,
            expected: 'an option that is not there yet; remove it',
          },
        ]
      : [],
  );
}

/** A condition names other parameters that have a list of values, one of these values each, and doesn't lead back to itself. */
function conditionFaults(name: string, space: Space): SpaceFault[] {
  return Object.entries(space[name]?.when ?? {}).flatMap(([other, value]): SpaceFault[] => {
    const path = ['when', other];
    const parameter = space[other];
    if (!parameter || other === name) {
      const others = namesOf(space).filter((each) => each !== name);
      const known = others.length > 0 ? others.join(', ') : 'there is none';
      return [{ path, value: other, expected: `the name of another parameter of the space (${known})` }];
    }
    if (leadsTo(name, other, space)) {
      return [{ path, value: other, expected: `a parameter that doesn't itself depend on ${name}` }];
    }
    if (distributionFaults(parameter).length > 0) return [];
    const values = valuesOf(parameter);
    if (!values) {
      return [{ path, value: other, expected: 'a parameter with a list of values, such as a choice' }];
    }
    if (optionIndex(values, value) >= 0) return [];
    return [{ path, value, expected: `one of the values of ${other}: ${JSON.stringify(values)}` }];
  });
}

/** Whether `from` depends on `to`, at once or by others. */
function leadsTo(to: string, from: string, space: Space, seen: readonly string[] = []): boolean {
  if (seen.includes(from)) return false;
  return Object.keys(space[from]?.when ?? {}).some(
    (next) => next === to || leadsTo(to, next, space, [...seen, from]),
  );
}
