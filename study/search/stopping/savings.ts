import { MEDIAN_START_UP } from './median.ts';
import { rungsOf, type StoppingRule } from './rules.ts';

/** A part of a search's epochs: 0 to 1. */
export interface Savings {
  least: number;
  most: number;
}

/**
 * What a rule saves of the epochs of a search, whatever the scores: two bounds. They hold if every trial comes to its first rung.
 *
 * @param search.rounds trials in each round, in order.
 * @param search.shortest epochs of the shortest trial that it may draw; `longest` those of the longest.
 */
export function savings(
  rule: StoppingRule,
  search: { rounds: readonly number[]; shortest: number; longest: number },
): Savings {
  const { rounds, shortest, longest } = search;
  const evaluations = rounds.reduce((sum, trials) => sum + trials, 0);
  const surely = rule.kind === 'halving' ? halvingStops(rounds, rungsOf(rule, shortest), rule.factor) : [];
  const possibly = mostStops(rule, rungsOf(rule, longest), rounds);
  // Where the last ones are short trials, stopping long ones late saves less than it adds to all epochs.
  const shares = possibly.map(({ rung: last }) =>
    shareSaved(
      possibly.filter(({ rung }) => rung <= last),
      evaluations,
      { stopped: longest, others: shortest },
    ),
  );
  return {
    least: shareSaved(surely, evaluations, { stopped: shortest, others: longest }),
    most: Math.max(0, ...shares),
  };
}

/**
 * The epochs that each trial of a search trains, in no particular order, if all are equally long and come to their first rung: where the
 * rule stops as many of them as it can, and as few as it must. For `halving`, the two are the same.
 *
 * @param rounds trials in each round, in order.
 * @param epochs of a trial that isn't stopped.
 */
export function trainedEpochs(
  rule: StoppingRule,
  rounds: readonly number[],
  epochs: number,
): { fewest: number[]; most: number[] } {
  const all = rounds.reduce((sum, trials) => sum + trials, 0);
  const trained = (stops: readonly Stops[]) => {
    const stopped = stops.flatMap(({ rung, trials }) => Array<number>(trials).fill(rung));
    return [...stopped, ...Array<number>(all - stopped.length).fill(epochs)];
  };
  const fewest = trained(mostStops(rule, rungsOf(rule, epochs), rounds));
  return { fewest, most: rule.kind === 'halving' ? fewest : trained([]) };
}

// --- helpers ---

interface Stops {
  rung: number;
  trials: number;
}

/** How many trials stop at each rung, at most. */
function mostStops(rule: StoppingRule, rungs: readonly number[], rounds: readonly number[]): Stops[] {
  const [first] = rungs;
  if (first === undefined) return [];
  if (rule.kind === 'halving') return halvingStops(rounds, rungs, rule.factor);
  // All that are compared with others stop at the first rung.
  let before = 0;
  let compared = 0;
  for (const trials of rule.kind === 'asha'
    ? rounds.flatMap((each) => Array<number>(each).fill(1))
    : rounds) {
    if (before >= (rule.kind === 'asha' ? 1 : MEDIAN_START_UP)) compared += trials;
    before += trials;
  }
  return [{ rung: first, trials: compared }];
}

function halvingStops(rounds: readonly number[], rungs: readonly number[], factor: number): Stops[] {
  return rounds.flatMap((trials) => halved(trials, rungs, factor));
}

function halved(trials: number, rungs: readonly number[], factor: number): Stops[] {
  let going = trials;
  return rungs.map((rung) => {
    const next = Math.min(going, Math.max(1, Math.floor(going / factor)));
    const stops = { rung, trials: going - next };
    going = next;
    return stops;
  });
}

/** @param epochs of trials that are stopped, and of the others. */
function shareSaved(
  stops: readonly Stops[],
  evaluations: number,
  epochs: { stopped: number; others: number },
): number {
  const stopped = stops.reduce((sum, { trials }) => sum + trials, 0);
  const saved = stops.reduce((sum, { rung, trials }) => sum + trials * (epochs.stopped - rung), 0);
  return saved / (stopped * epochs.stopped + (evaluations - stopped) * epochs.others);
}
