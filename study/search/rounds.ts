/** In which portions a search tries configurations, and how many of them side by side. */
import type { SearchStage } from '../definition/stage-schema.ts';
import { START_UP } from './samplers/start-up.ts';

/** Evaluations that are suggested together. */
export interface Portion {
  count: number;
  /** How many of them train side by side. */
  atOnce: number;
  /** When they are under way, this many more are kept so, each suggested when one has ended. 0: what follows waits for all. */
  thenAsync: number;
}

type Search = Pick<SearchStage, 'evaluations' | 'parallel' | 'sampler' | 'order' | 'stopping'>;

/**
 * So many trials of a stage are in the training queue at the same time: `run` asks each that has not ended how far it is, every second
 * or two.
 */
export const MOST_AT_ONCE = 100;
/**
 * So many trials at most wait for each other in a round of `halving`. At its first rung, all of them are open and have halted: the stage's
 * history gets some 30 events of each, and Temporal warns from 10,240 on.
 */
export const MOST_IN_ROUND = 300;
/** Few enough that most suggestions know of most results, and enough for a machine of four cores. */
const ROUND = 4;

/**
 * What a search tries next; null after its last evaluation. Nothing here depends on the machine, as suggestions would then.
 *
 * @param suggested how many evaluations were suggested so far.
 * @param seeds how many trials of earlier searches it knows.
 */
export function nextPortion(search: Search, suggested: number, seeds: number): Portion | null {
  const left = search.evaluations - suggested;
  if (left <= 0) return null;
  const { parallel } = search;
  const independent = Math.min(left, independentEvaluations(search, seeds) - suggested);
  const round = Math.min(left, parallel ?? ROUND);
  if (search.order === 'async' && independent < left) {
    const count = Math.max(independent, round);
    return { count, atOnce: Math.min(count, parallel ?? MOST_AT_ONCE), thenAsync: round };
  }
  const count = independent > 0 ? independentRound(search, independent, round) : round;
  return { count, atOnce: Math.min(count, parallel ?? MOST_AT_ONCE), thenAsync: 0 };
}

/** Whether a portion that depends on no result can be suggested in parts: not if its trials are compared with each other. */
export function isDivisible(search: Search, suggested: number, seeds: number): boolean {
  return search.stopping?.kind !== 'halving' && suggested < independentEvaluations(search, seeds);
}

/** How many evaluations each portion has, in order, if the space and the budget have enough. Seeds are left out of account. */
export function portionSizes(search: Search): number[] {
  const sizes: number[] = [];
  for (let suggested = 0; ; suggested += sizes.at(-1) ?? 0) {
    const portion = nextPortion(search, suggested, 0);
    if (!portion) return sizes;
    sizes.push(portion.count);
  }
}

/** How many of the first evaluations are the same whatever the results are: Infinity for a sampler that doesn't learn. */
export function independentEvaluations({ sampler }: Pick<Search, 'sampler'>, seeds: number): number {
  switch (sampler?.kind) {
    case 'tpe':
    case 'tpe-multivariate':
      return Math.max(0, (sampler.startUp ?? START_UP[sampler.kind]) - seeds);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** The most trials of a search that are in the training queue at the same time, once it has begun to learn if it does. */
export function trialsAtOnce(search: Search): number {
  const independent = independentEvaluations(search, 0);
  const hasRounds = independent < search.evaluations || search.stopping?.kind === 'median';
  return Math.min(search.parallel ?? (hasRounds ? ROUND : MOST_AT_ONCE), search.evaluations);
}

// --- helpers ---

/**
 * How many of the evaluations that depend on no result are one round.
 *
 * @param independent how many are left.
 */
function independentRound({ stopping }: Search, independent: number, round: number): number {
  switch (stopping?.kind) {
    // It compares a round with those before it.
    case 'median':
      return round;
    // Rounds of the same size, or nearly so: none is so small that its trials have hardly any rivals.
    case 'halving':
      return Math.ceil(independent / Math.ceil(independent / MOST_IN_ROUND));
    default:
      return independent;
  }
}
