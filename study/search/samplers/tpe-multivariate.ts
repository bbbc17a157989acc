import { randomStream } from '../../trial/random-stream.ts';
import { draw } from '../distributions.ts';
import { applies, applying, namesOf, type Parameter, type Space, sameValue, type Values } from '../space.ts';
import { type Kernels, kernelsOf } from './kernels.ts';
import { forgettingWeights, pick } from './parzen.ts';
import { drawAll } from './random.ts';
import { isCompleted, type SearchTrial, split } from './search-trial.ts';
import { START_UP } from './start-up.ts';

/** Draws of which the most promising is taken. */
const CANDIDATES = 24;
/** The part of the trials that is good, and their greatest number. */
const GOOD_PART = 0.15;
const MOST_GOOD = 25;

/**
 * Optuna's sampler: all parameters together, so that it learns which values go well with each other. Parameters with the same
 * condition are a group, chosen from the trials that have it. Parameters that conditions name come first, as groups of their own:
 * they are drawn as they are spread among the good trials. Were the most promising taken, a branch whose first trials were bad would
 * hardly be tried again, although its own parameters may have been bad.
 */
export function suggestByMultivariateTpe(
  space: Space,
  trials: readonly SearchTrial[],
  { startUp = START_UP['tpe-multivariate'] }: { startUp?: number },
  { random, seed }: { random: () => number; seed: number },
): Values {
  if (trials.filter(isCompleted).length < startUp) {
    return applying(space, spread(space, trials.length, startUp, { random, seed }));
  }
  let values: Values = {};
  for (const group of groupsOf(space)) {
    if (applies(group.names[0] as string, space, values)) {
      values = { ...values, ...suggestGroup(group, space, trials, random) };
    }
  }
  return applying(space, values);
}

// --- helpers ---

/**
 * Draws of which each parameter's are spread evenly, by Latin hypercube sampling: M. McKay, R. Beckman, W. Conover, Technometrics
 * 21 (1979). Where more are needed, because trials are still running or have failed, they are independent.
 */
function spread(
  space: Space,
  index: number,
  count: number,
  { random, seed }: { random: () => number; seed: number },
): Values {
  if (index >= count) return drawAll(space, random);
  return Object.fromEntries(
    namesOf(space).map((name) => {
      const part = shuffled(count, seed, name)[index] as number;
      return [name, draw(space[name] as Parameter, () => (part + random()) / count)];
    }),
  );
}

function shuffled(count: number, seed: number, name: string): number[] {
  const stream = randomStream('spread', seed, name);
  return Array.from({ length: count }, (_, part) => ({ part, order: stream.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ part }) => part);
}

interface Group {
  names: string[];
  /** Whether conditions name its parameters. */
  branches: boolean;
}

/** Parameters with the same condition, each group after those that its condition names. */
function groupsOf(space: Space): Group[] {
  const named = new Set(Object.values(space).flatMap(({ when = {} }) => Object.keys(when)));
  const groups: Group[] = [];
  const depth = (name: string): number =>
    Math.max(-1, ...Object.keys(space[name]?.when ?? {}).map(depth)) + 1;
  for (const name of namesOf(space).sort((a, b) => depth(a) - depth(b))) {
    const branches = named.has(name);
    const group = groups.find(
      (each) =>
        each.branches === branches &&
        sameValue(space[each.names[0] as string]?.when ?? {}, space[name]?.when ?? {}),
    );
    if (group) group.names.push(name);
    else groups.push({ names: [name], branches });
  }
  return groups;
}

function suggestGroup(
  { names, branches }: Group,
  space: Space,
  trials: readonly SearchTrial[],
  random: () => number,
): Values {
  const observed = trials.filter(({ values }) => names.every((name) => name in values));
  const completed = observed.filter(isCompleted).length;
  const good = Math.min(Math.ceil(completed * GOOD_PART), MOST_GOOD);
  const { below, above } = split(observed, good);
  const likely = new JointEstimate(names, space, below);
  if (branches) return likely.draw(random);
  const unlikely = new JointEstimate(names, space, above);
  let best: { values: Values; score: number } | undefined;
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const values = likely.draw(random);
    const score = likely.logDensity(values) - unlikely.logDensity(values);
    if (!best || score > best.score) best = { values, score };
  }
  return best?.values ?? {};
}

/** A mixture with one component for each trial, which is a kernel of each parameter, and one for the prior. */
class JointEstimate {
  readonly #kernels: [string, Kernels][];
  readonly #weights: number[];
  readonly #logWeights: Float64Array;

  constructor(names: readonly string[], space: Space, trials: readonly SearchTrial[]) {
    this.#kernels = names.map((name) => {
      const values = trials.map((trial) => trial.values[name]);
      return [name, kernelsOf(space[name] as Parameter, values)];
    });
    const weights = [...forgettingWeights(trials.length), 1];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#weights = weights.map((weight) => weight / total);
    this.#logWeights = Float64Array.from(this.#weights, Math.log);
  }

  /** All parameters come from the same component. */
  draw(random: () => number): Values {
    const component = pick(this.#weights, random);
    return Object.fromEntries(
      this.#kernels.map(([name, kernels]) => [name, kernels.draw(component, random)]),
    );
  }

  logDensity(values: Values): number {
    const sums = this.#logWeights.slice();
    for (const [name, kernels] of this.#kernels) kernels.addLogDensities(values[name], sums);
    const greatest = sums.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (const each of sums) sum += Math.exp(each - greatest);
    return greatest + Math.log(sum);
  }
}
