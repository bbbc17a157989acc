import type { Profile } from '../definition/study-schema.ts';
import type { TrialStanding } from '../record/record.ts';
import { asTrained } from './epochs.ts';
import type { NamedConfig, PlannedTrial } from './plan.ts';

/** What decides which configuration a winner hands on. */
export type Promoted = Pick<TrialStanding, 'name' | 'suggestion' | 'override' | 'takenOver'>;

/**
 * What a stage hands to later ones: its winner's configuration, under the name that they add to. If the winner was taken
 * over, that is what the stage started from. A search adds nothing to the name.
 */
export function promotedConfig(
  winner: Promoted,
  stage: { start: NamedConfig | undefined; planned: readonly PlannedTrial[]; profile: Profile },
): NamedConfig {
  const { start, planned, profile } = stage;
  const { suggestion, override, takenOver } = winner;
  const base = suggestion || takenOver ? start : planned.find(({ name }) => name === winner.name);
  if (!base)
    throw new Error(`winner ${winner.name}: expected a trial that its stage has planned, found none`);
  // Whatever an earlier stage drew, or a person changed, is already in the configuration that the stage started from.
  if (takenOver) return base;
  const drawn = suggestion ? asTrained(suggestion, profile) : {};
  return { name: base.name, config: { ...base.config, ...drawn, ...override } };
}
