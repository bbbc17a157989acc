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
 * @param search.atOnce trials in a round.
 * @param search.shortest epochs of the shortest trial that it may draw; `longest` those of the longest.
 */
export function savings(
  rule: StoppingRule,
  search: { evaluations: number; atOnce: number; shortest: number; longest: number },
): Savings {
  const { evaluations, shortest, longest } = search;
  const surely = stopsOf(rule, rungsOf(rule, shortest), search, 'fewest');
  const possibly = stopsOf(rule, rungsOf(rule, longest), search, 'most');
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

// --- helpers ---

interface Stops {
  rung: number;
  trials: number;
}

/** How many trials stop at each rung, at least or at most. */
function stopsOf(
  rule: StoppingRule,
  rungs: readonly number[],
  { evaluations, atOnce }: { evaluations: number; atOnce: number },
  which: 'fewest' | 'most',
): Stops[] {
  const [first] = rungs;
  if (first === undefined) return [];
  if (rule.kind === 'halving') {
    const rounds = [...Array<number>(Math.floor(evaluations / atOnce)).fill(atOnce), evaluations % atOnce];
    return rounds.flatMap((trials) => halved(trials, rungs, rule.factor));
  }
  if (which === 'fewest') return [];
  // All that may be compared with others stop at the first rung.
  const compared = rule.kind === 'asha' ? 1 : atOnce * Math.ceil(MEDIAN_START_UP / atOnce);
  return [{ rung: first, trials: Math.max(0, evaluations - compared) }];
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
