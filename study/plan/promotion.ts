import type { Divisors } from '../definition/planned-network.ts';
import type { Profile } from '../definition/study-schema.ts';
import type { TrialStanding } from '../record/record.ts';
import { type NamedConfig, type Networks, type PlannedTrial, suggestedConfig, withRule } from './plan.ts';
import type { RankedCandidate, RankedRun } from './ranking.ts';

/** What decides which configuration a winner hands on. */
export type Promoted = Pick<TrialStanding, 'name' | 'suggestion' | 'override' | 'takenOver'>;

/**
 * What a stage hands to later ones: its winner's configuration, under the name that they add to. If the winner was taken
 * over, that is what the stage started from. A search adds nothing to the name. The rule of dense layers is that of the stage's
 * best-ranked candidate that has one, whether or not it won.
 *
 * @param stage.ranking the names of the stage's trials, the best first.
 * @param stage.networks those that a search may choose.
 */
export function promotedConfig(
  winner: Promoted,
  stage: {
    start: NamedConfig | undefined;
    planned: readonly PlannedTrial[];
    profile: Profile;
    ranking: readonly string[];
    networks?: Networks;
  },
): NamedConfig {
  const { start, planned, profile, ranking, networks = {} } = stage;
  const { suggestion, override, takenOver } = winner;
  const base = suggestion || takenOver ? start : planned.find(({ name }) => name === winner.name);
  if (!base)
    throw new Error(`winner ${winner.name}: expected a trial that its stage has planned, found none`);
  // Whatever an earlier stage drew, or a person changed, is already in the configuration that the stage started from.
  const { name, config } = base;
  const rule = withRule(bestRule(planned, ranking));
  if (takenOver) return { name, config, ...rule };
  const suggested = suggestion ? suggestedConfig(config, suggestion, profile, networks) : config;
  return { name, config: { ...suggested, ...override }, ...rule };
}

/**
 * What a stage hands on by its ranking: the best candidate's configuration, as the first of its runs that counts has it.
 *
 * @returns undefined if no candidate has a score.
 */
export function promotionOf(
  ranked: readonly RankedCandidate<RankedRun & Promoted>[],
  stage: {
    start: NamedConfig | undefined;
    planned: readonly PlannedTrial[];
    profile: Profile;
    networks?: Networks;
  },
): NamedConfig | undefined {
  const [best] = ranked;
  const [run] = best?.counted ?? [];
  if (!best || !run) return undefined;
  const ranking = ranked.map(({ name }) => name);
  return {
    ...promotedConfig({ ...run, name: best.name }, { ...stage, ranking }),
    won: { name: best.name, runs: best.runs.length },
  };
}

// --- helpers ---

function bestRule(planned: readonly PlannedTrial[], ranking: readonly string[]): Divisors | undefined {
  const rules = ranking.map((name) => planned.find((trial) => trial.name === name)?.rule);
  return rules.find((rule) => rule !== undefined);
}
