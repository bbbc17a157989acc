import type { Profile } from '../definition/study-schema.ts';
import type { Settings, TrainedEpochs, TrainedSettings } from '../definition/training-config.ts';
import { withEpochs } from '../settings/schedules/schedules.ts';

type EpochDivisor = Pick<Profile, 'epochDivisor'>;

/**
 * A study's settings as a profile trains them: epochs divided and rounded, a half upwards, but at least one; those of the warm-up are
 * not rounded. Everything that a study or a search says in epochs is converted here, once, as it becomes part of a trial's
 * configuration.
 */
export function asTrained(settings: Settings, profile: EpochDivisor): TrainedSettings;
export function asTrained(settings: Partial<Settings>, profile: EpochDivisor): Partial<TrainedSettings>;
export function asTrained(
  { epochs, schedule, warmUp, ...settings }: Partial<Settings>,
  profile: EpochDivisor,
): Partial<TrainedSettings> {
  const divided = (written: number) => Math.max(1, Math.round(written / profile.epochDivisor));
  return {
    ...settings,
    ...(schedule && { schedule: withEpochs(schedule, divided) }),
    ...(warmUp !== undefined && { warmUp: warmUp / profile.epochDivisor }),
    ...(epochs !== undefined && { epochs: divided(epochs) as TrainedEpochs }),
  };
}
