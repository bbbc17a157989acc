import type { Profile } from '../definition/study-schema.ts';
import type { Settings, TrainedEpochs, TrainedSettings } from '../definition/training-config.ts';

type EpochDivisor = Pick<Profile, 'epochDivisor'>;

/**
 * A study's settings as a profile trains them: epochs divided and rounded, a half upwards, but at least one. Everything that a study or a
 * search says in epochs is converted here, once, as it becomes part of a trial's configuration.
 */
export function asTrained(settings: Settings, profile: EpochDivisor): TrainedSettings;
export function asTrained(settings: Partial<Settings>, profile: EpochDivisor): Partial<TrainedSettings>;
export function asTrained(
  { epochs, ...settings }: Partial<Settings>,
  { epochDivisor }: EpochDivisor,
): Partial<TrainedSettings> {
  if (epochs === undefined) return settings;
  return { ...settings, epochs: Math.max(1, Math.round(epochs / epochDivisor)) as TrainedEpochs };
}
