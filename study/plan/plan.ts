import type {
  Candidate,
  CompareStage,
  Profile,
  RepeatStage,
  Stage,
  Study,
  VariantStage,
} from '../definition/study-schema.ts';
import type { TrainingConfig } from '../definition/training-config.ts';
import type { TrialData, TrialSpec } from '../trial/trial.ts';

/** A configuration, its epochs unscaled, and the name its trial goes by. */
export interface NamedConfig {
  name: string;
  config: TrainingConfig;
}

/** A trial that a stage will run. */
export interface PlannedTrial extends NamedConfig {
  repetition: number;
  /** The ordinary trial that a side experiment's trial stands beside. */
  of: string | null;
}

/** What is known of the stages before: their winners and their candidates, by stage. */
export interface StudySoFar {
  winners: ReadonlyMap<string, NamedConfig>;
  /** In the order of the stage's candidates. */
  candidates: ReadonlyMap<string, NamedConfig[]>;
}

/**
 * What a stage trains, in order. A search's trials are not known before; a test trains nothing.
 *
 * @throws where a stage that it builds on has not ended; the schema lets none refer to a later one.
 */
export function stageTrials(study: Study, profile: Profile, stage: Stage, soFar: StudySoFar): PlannedTrial[] {
  switch (stage.kind) {
    case 'compare':
      return compareTrials(study, profile, stage, soFar);
    case 'variant':
      return variantTrials(study, stage, soFar);
    case 'repeat':
      return repeatTrials(stage, soFar);
    default:
      return [];
  }
}

/** The winner that a stage starts from; undefined for one that starts from the study's base. */
export function startOf(stage: Stage, soFar: StudySoFar): NamedConfig | undefined {
  if (!('from' in stage) || stage.from === undefined) return undefined;
  const found = soFar.winners.get(stage.from);
  if (!found) throw new Error(`stage ${stage.name}: expected ${stage.from} to have a winner, it has none`);
  return found;
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

/**
 * @param study.weights the SHA-256 of the study's weights, where it has any.
 * @throws where the network is pretrained and there are none; a study with such networks is not started without.
 */
export function trialSpec(
  config: TrainingConfig,
  data: TrialData,
  study: Pick<TrialSpec, 'seed' | 'repetition' | 'numerics'> & { weights: string | null },
): TrialSpec {
  const { weights, ...rest } = study;
  const initialWeights = config.network.pretrained ? weights : 'scratch';
  if (initialWeights === null) throw new Error('a network is pretrained, but the study has no weights');
  return { config, data, ...rest, initialWeights };
}

/** A search's trials: `<start>_search_01` and so on. */
export function searchTrialName(start: string, index: number): string {
  return `${start}_search_${String(index + 1).padStart(2, '0')}`;
}

// --- helpers ---

function compareTrials(
  study: Study,
  profile: Profile,
  stage: CompareStage,
  soFar: StudySoFar,
): PlannedTrial[] {
  const start = startOf(stage, soFar);
  return stage.candidates.map((candidate) => {
    const reduced = profile.reducedNetworks ? candidate.reduced : undefined;
    const name = reduced?.name ?? candidate.name;
    const config = changed({ ...study.base, ...start?.config }, candidate, reduced?.network);
    return {
      name: name.startsWith('_') && start ? `${start.name}${name}` : name,
      config,
      repetition: 0,
      of: null,
    };
  });
}

function variantTrials(study: Study, stage: VariantStage, soFar: StudySoFar): PlannedTrial[] {
  return stage.of.map(({ stage: source, candidate }) => {
    const compared = study.stages.find((each) => each.name === source) as CompareStage;
    const index = compared.candidates.findIndex(({ name }) => name === candidate);
    const ordinary = soFar.candidates.get(source)?.[index];
    if (!ordinary) throw new Error(`stage ${stage.name}: expected ${source} to have ended, it has not`);
    const { network = ordinary.config.network, ...settings } = stage.change;
    return {
      name: `${ordinary.name}_${stage.name}`,
      config: { ...ordinary.config, ...settings, network },
      repetition: 0,
      of: ordinary.name,
    };
  });
}

function repeatTrials(stage: RepeatStage, soFar: StudySoFar): PlannedTrial[] {
  const start = startOf(stage, soFar);
  if (!start) return [];
  return [{ name: `${start.name}_again`, config: start.config, repetition: 1, of: start.name }];
}

function changed(
  start: Study['base'] & { network?: TrainingConfig['network'] },
  { name, change }: Candidate,
  reduced: TrainingConfig['network'] | undefined,
): TrainingConfig {
  const { network: changedNetwork, ...settings } = change;
  const network = reduced ?? changedNetwork ?? start.network;
  if (!network) throw new Error(`candidate "${name}": no network in the change, and none to start from`);
  return { ...start, ...settings, network };
}
