import type { Profile } from '../definition/study-schema.ts';
import type { TrialStanding } from '../record/record.ts';
import type { NamedConfig, PlannedTrial } from './plan.ts';

/**
 * What a stage hands to later ones: its winner's configuration, epochs unscaled, under the name that they add to. A run
 * that was taken over hands on what the stage started from; a search adds nothing to the name.
 */
export function promotedConfig(
  winner: TrialStanding,
  {
    start,
    planned,
    profile,
  }: { start: NamedConfig | undefined; planned: readonly PlannedTrial[]; profile: Profile },
): NamedConfig {
  const base =
    winner.suggestion || winner.takenOver ? start : planned.find(({ name }) => name === winner.name);
  if (!base) throw new Error(`winner ${winner.name}: expected a trial of its stage's plan, found none`);
  // A run that was taken over carries what an earlier stage drew or a person changed: the start has it already.
  if (winner.takenOver) return base;
  const { epochs, ...override } = winner.override ?? {};
  const config = { ...base.config, ...winner.suggestion, ...override };
  // An override gives epochs as they are trained, after the profile's scaling.
  return {
    name: base.name,
    config: epochs === undefined ? config : { ...config, epochs: epochs * profile.epochDivisor },
  };
}
