import { draw, fromScale, scaleOf, valuesOf } from '../distributions.ts';
import { applies, namesOf, type Parameter, type Space, type Values } from '../space.ts';

/** Of a parameter without a list of values. */
export const POINTS = 5;

/** The combination with this index; null after the last. The parameter whose name sorts last changes fastest. */
export function gridPoint(space: Space, index: number, points = POINTS): Values | null {
  let at = 0;
  for (const values of gridPoints(space, points)) if (at++ === index) return values;
  return null;
}

/**
 * Every combination of the parameters' values, each once: a parameter takes part only where it applies.
 *
 * @param points of a parameter without a list of values, at least 2: evenly spaced on its scale, from its `low` to its `high`. A
 *   normal distribution without them is divided into so many equally likely parts, and has the middle of each.
 * @throws {RangeError} unless there are two points or more.
 */
export function* gridPoints(space: Space, points: number): Generator<Values> {
  if (!(Number.isInteger(points) && points >= 2)) {
    throw new RangeError(`points: expected a whole number of 2 or more for each parameter, got ${points}`);
  }
  const names = inOrderOfConditions(space);
  yield* combinations({}, names, space, points);
}

/** How many combinations a grid has; `over` if they are more than that. */
export function gridSize(space: Space, points = POINTS, over = 10_000): number | string {
  let size = 0;
  for (const _ of gridPoints(space, points)) if (++size > over) return `more than ${over}`;
  return size;
}

// --- helpers ---

function* combinations(
  values: Values,
  [name, ...rest]: readonly string[],
  space: Space,
  points: number,
): Generator<Values> {
  if (name === undefined) {
    yield values;
  } else if (!applies(name, space, values)) {
    yield* combinations(values, rest, space, points);
  } else {
    for (const value of pointsOf(space[name] as Parameter, points)) {
      yield* combinations({ ...values, [name]: value }, rest, space, points);
    }
  }
}

/** By name, but a parameter after those that its conditions name. */
function inOrderOfConditions(space: Space): string[] {
  const ordered = new Set<string>();
  const add = (name: string) => {
    for (const other of Object.keys(space[name]?.when ?? {}).sort()) add(other);
    ordered.add(name);
  };
  for (const name of namesOf(space)) add(name);
  return [...ordered];
}

function pointsOf(parameter: Parameter, points: number): readonly unknown[] {
  const values = valuesOf(parameter);
  if (values || parameter.kind === 'choice') return values ?? [];
  const { low, high } = scaleOf(parameter);
  const shares = Array.from({ length: points }, (_, index) => index);
  const bounded = Number.isFinite(low) && Number.isFinite(high);
  const all = shares.map((index) =>
    bounded
      ? fromScale(parameter, low + (index / (points - 1)) * (high - low))
      : draw(parameter, () => (index + 0.5) / points),
  );
  return [...new Set(all)];
}
