/** Checks of a search stage that no single field can show. */
import { draw, fromScale, scaleOf, valuesOf } from '../../search/distributions.ts';
import { independentEvaluations } from '../../search/rounds.ts';
import { type Parameter, type Space, sameValue, spaceFaults } from '../../search/space.ts';
import { partsOf, spaceOf } from '../../search/suggestion.ts';
import { candidatesWithNetworks } from '../searched-networks.ts';
import type { SearchStage, Stage } from '../stage-schema.ts';
import { settingsSchema } from '../training-config.ts';
import type { Complain } from './check-published.ts';

type Path = (string | number)[];

/**
 * Complains about a search whose space can't be searched, whose values aren't all allowed for their settings, or whose options
 * mean nothing.
 *
 * @param earlier the stages before.
 */
export function checkSearch(
  stage: SearchStage,
  earlier: readonly Stage[],
  at: Path,
  complain: Complain,
): void {
  const space = spaceOf(stage.space);
  if (Object.keys(space).length === 0) {
    const expected =
      'at least one setting to vary; add learningRate, batchSize, epochs or dropout, or another that docs/study-reference.md lists';
    complain([...at, 'space'], stage.space, expected);
  } else {
    const faults = spaceFaults(space);
    for (const { path, value, expected } of faults) complain([...at, 'space', ...path], value, expected);
    for (const name of Object.keys(space)) {
      if (faults.every(({ path }) => path[0] !== name && partsOf(name).setting !== path[0])) {
        checkValues(name, space, earlier, [...at, 'space', name], complain);
      }
    }
  }
  checkOptions(stage, at, complain);
}

// --- helpers ---

function checkOptions(stage: SearchStage, at: Path, complain: Complain): void {
  const { budget, order, seededBy } = stage;
  const learns = Number.isFinite(independentEvaluations(stage, 0));
  const unused = `nothing, since the sampler ${stage.sampler?.kind ?? 'random'} does not learn from results; remove it, or use tpe or tpe-multivariate`;
  if (order !== undefined && !learns) complain([...at, 'order'], order, unused);
  if (seededBy !== undefined && !learns) complain([...at, 'seededBy'], seededBy, unused);
  if (budget && budget.hours === undefined && budget.epochs === undefined) {
    complain([...at, 'budget'], budget, 'hours, epochs or both');
  }
}

function checkValues(
  name: string,
  space: Space,
  earlier: readonly Stage[],
  at: Path,
  complain: Complain,
): void {
  const parameter = space[name] as Parameter;
  const { setting, field } = partsOf(name);
  if (name === 'network') {
    checkNetworks(parameter, earlier, at, complain);
  } else if (field === undefined) {
    const schema = settingsSchema.shape[setting as keyof typeof settingsSchema.shape];
    checkAllowed(name, parameter, (value) => schema.safeParse(value).success, at, complain);
  } else {
    const objects = objectsOf(name, space);
    if (!objects) {
      const expected = `a choice of ${setting} in the same space, so that it is known to have a ${field}; add one`;
      complain(at, parameter, expected);
      return;
    }
    const schema = settingsSchema.shape[setting as 'optimizer' | 'schedule'];
    const lacking = objects.find((object) => !(field in object));
    if (lacking) {
      const expected = `a condition under which ${setting} has a ${field}, which ${JSON.stringify(lacking)} has not; say it in "when"`;
      complain([...at, 'when'], parameter.when, expected);
      return;
    }
    const isAllowed = (value: unknown) =>
      objects.every((object) => schema.safeParse({ ...object, [field]: value }).success);
    checkAllowed(name, parameter, isAllowed, at, complain);
  }
}

/** The objects whose field a parameter changes; undefined if they aren't known. */
function objectsOf(name: string, space: Space): object[] | undefined {
  const { setting } = partsOf(name);
  const parent = space[setting];
  if (parent?.kind !== 'choice') return undefined;
  const chosen = space[name]?.when?.[setting];
  const options = parent.options.filter((option) => chosen === undefined || sameValue(option, chosen));
  return options.filter((option): option is object => typeof option === 'object' && option !== null);
}

function checkNetworks(parameter: Parameter, earlier: readonly Stage[], at: Path, complain: Complain): void {
  const known = [...candidatesWithNetworks(earlier).keys()];
  if (parameter.kind !== 'choice') {
    complain([...at, 'kind'], parameter.kind, 'choice, since a network is no number');
    return;
  }
  parameter.options.forEach((option, index) => {
    if (known.some((name) => name === option)) return;
    const expected = `the name of an earlier candidate that has a network (${known.join(', ') || 'there is none'})`;
    complain([...at, 'options', index], option, expected, known);
  });
}

/** Every value that can be drawn must be allowed. */
function checkAllowed(
  name: string,
  parameter: Parameter,
  isAllowed: (value: unknown) => boolean,
  at: Path,
  complain: Complain,
): void {
  if (parameter.kind !== 'choice' && isWhole(isAllowed)) {
    const { kind } = parameter;
    if (!('q' in parameter) && kind !== 'integer') {
      const expected = `integer, quniform, qloguniform or choice, since ${name} is a whole number`;
      complain([...at, 'kind'], kind, expected);
      return;
    }
    if ('q' in parameter && !Number.isInteger(parameter.q)) {
      complain([...at, 'q'], parameter.q, `a whole number, since ${name} is one`);
      return;
    }
  }
  // Rounded to a multiple, a value can lie outside the range.
  const bad = (valuesOf<unknown>(parameter) ?? endsOf(parameter)).find((value) => !isAllowed(value));
  if (bad === undefined) return;
  const { when: _, ...distribution } = parameter;
  const expected = `only values that are allowed for ${name}, which ${JSON.stringify(bad)} is not; change the distribution`;
  complain(at, distribution, expected);
}

function isWhole(isAllowed: (value: unknown) => boolean): boolean {
  return isAllowed(2) && !isAllowed(1.5);
}

/** The smallest and the largest value of a distribution that isn't a list. */
function endsOf(parameter: Parameter): unknown[] {
  if (parameter.kind === 'choice') return [...parameter.options];
  const { low, high } = scaleOf(parameter);
  const least = Number.isFinite(low) ? fromScale(parameter, low) : draw(parameter, () => 0);
  const most = Number.isFinite(high) ? fromScale(parameter, high) : draw(parameter, () => 1 - 2 ** -53);
  return [least, most];
}
