import type { Candidate, CompareStage, Profile, Study } from './study-schema.ts';
import type { Network, TrainingConfig } from './training-config.ts';
import type { TrialData, TrialSpec } from './trial.ts';

/** A configuration and the name its trial goes by. */
export interface NamedConfig {
  name: string;
  config: TrainingConfig;
}

/**
 * What a stage trains: each candidate's full configuration.
 *
 * @param start the winner that the stage starts from, with unscaled epochs; undefined for the study's base.
 */
export function stageTrials(
  study: Study,
  stage: CompareStage,
  start: NamedConfig | undefined,
): NamedConfig[] {
  return stage.candidates.map((candidate) => ({
    name: trialName(candidate, start),
    config: applyChange({ ...study.base, ...start?.config }, candidate),
  }));
}

/** A profile's number of epochs: divided and rounded, one at least. */
export function scaleEpochs(config: TrainingConfig, profile: Profile): TrainingConfig {
  return { ...config, epochs: Math.max(1, Math.round(config.epochs / profile.epochDivisor)) };
}

/** The images that a profile trains on, out of those that the data set has. */
export function trialData(
  study: Study,
  profile: Profile,
  dataset: { sha256: string; trainImages: number },
): TrialData {
  return {
    dataset: dataset.sha256,
    trainImages: limitImages(profile.trainImages, dataset.trainImages),
    validationFraction: study.validationFraction,
    splitSeed: study.splitSeed,
  };
}

/** The number of images that a profile asks for, or all there are where it asks for more. */
export function limitImages(wanted: number | 'all', available: number): number {
  return wanted === 'all' ? available : Math.min(wanted, available);
}

export function trialSpec(
  config: TrainingConfig,
  data: TrialData,
  seed: number,
  numerics: number,
): TrialSpec {
  return { config, data, seed, repetition: 0, initialWeights: 'scratch', numerics };
}

// --- helpers ---

function trialName(candidate: Candidate, start: NamedConfig | undefined): string {
  return candidate.name.startsWith('_') && start ? `${start.name}${candidate.name}` : candidate.name;
}

function applyChange(start: Study['base'] & { network?: Network }, candidate: Candidate): TrainingConfig {
  const { network = start.network, ...settings } = candidate.change;
  if (!network)
    throw new Error(`candidate "${candidate.name}": no network in the change, and none to start from`);
  return { ...start, ...settings, network };
}
