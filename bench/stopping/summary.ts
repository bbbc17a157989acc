import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { replay } from '../../study/search/stopping/replay.ts';
import type { StoppingRule } from '../../study/search/stopping/rules.ts';
import { type PairedDifference, pairedOverSeeds } from '../../study/statistics/paired-seeds.ts';
import { randomStream } from '../../study/trial/random-stream.ts';
import type { SearchCurves } from './curves.ts';

/** What a rule does to searches: means over random orders of each one's trials, then over the searches. */
export interface RuleSummary {
  /** What it costs of the best score, points. */
  loss: PairedDifference;
  /** Epochs that it saves, percent of all. */
  saved: PairedDifference;
  /** How often it keeps the best trial of a search, percent. */
  keepsBest: number;
}

/** The order in which a search draws its trials is chance, and decides which are in a round. */
const ORDERS = 200;

/**
 * @param atOnce trials in a round; for `asha`, trials that train at the same time.
 * @param searches two or more.
 */
export function summariseRule(
  rule: StoppingRule,
  atOnce: number,
  searches: readonly SearchCurves[],
): RuleSummary {
  const means = searches.map(({ seed, trials }) => {
    const curves = trials.map(({ accuracies }) => accuracies);
    const replays = Array.from({ length: ORDERS }, (_, order) =>
      replay(rule, shuffled(curves, seed, order), atOnce),
    );
    const mean = (of: (each: (typeof replays)[number]) => number) =>
      replays.reduce((sum, each) => sum + of(each), 0) / ORDERS;
    return {
      loss: mean(({ loss }) => loss),
      saved: 100 * mean(({ savedShare }) => savedShare),
      keepsBest: 100 * mean(({ loss }) => Number(loss === 0)),
    };
  });
  const none = means.map(() => 0);
  return {
    loss: pairedOverSeeds(
      none,
      means.map(({ loss }) => loss),
    ),
    saved: pairedOverSeeds(
      none,
      means.map(({ saved }) => saved),
    ),
    keepsBest: means.reduce((sum, each) => sum + each.keepsBest, 0) / means.length,
  };
}

// --- helpers ---

function shuffled<T>(items: readonly T[], seed: number, order: number): T[] {
  const stream = randomStream('stopping', seed, order);
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = uniformInt(stream, 0, last);
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}
