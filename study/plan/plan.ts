import { inputOf, type Normalisation } from '../definition/data-schema.ts';
import { CIFAR10_INPUT, sameInput } from '../definition/input-form.ts';
import {
  asNetwork,
  type Divisors,
  type PlannedNetwork,
  ruleOf,
  takesRuleOf,
} from '../definition/planned-network.ts';
import { searchSuffix } from '../definition/possible-names.ts';
import { repeatsOf } from '../definition/repeats.ts';
import { candidatesWithNetworks, searchedNetworkNames } from '../definition/searched-networks.ts';
import type {
  Candidate,
  CompareStage,
  RepeatStage,
  SearchStage,
  Stage,
  VariantStage,
} from '../definition/stage-schema.ts';
import type { Profile, Study } from '../definition/study-schema.ts';
import {
  type Network,
  newerDefaults,
  type TrainedSettings,
  type TrainingConfig,
} from '../definition/training-config.ts';
import type { Suggestion } from '../record/search-record.ts';
import { asStored, type Measure } from '../trial/measure.ts';
import type { TrialData, TrialSpec } from '../trial/trial.ts';
import { asTrained } from './epochs.ts';
import { asRuns, type LaterRun } from './runs.ts';

/** A configuration and the name of its trial. */
export interface NamedConfig {
  name: string;
  config: TrainingConfig;
  /** The divisors of its dense layers' rule; of what a stage promotes, those of its best-ranked candidate that has a rule. */
  rule?: Divisors;
  /** Of what a stage promotes: the candidate that won it, and how many runs it has. */
  won?: { name: string; runs: number };
}

/** A trial that a stage will train. */
export interface PlannedTrial extends NamedConfig {
  repetition: number;
  /** The ordinary trial that a side experiment's trial is compared with. */
  of: string | null;
  /** Absent in a candidate's first run. */
  run?: LaterRun;
}

/** What is known of the stages so far. */
export interface StudySoFar {
  /** What each stage promotes, by stage. */
  winners: ReadonlyMap<string, NamedConfig>;
  /** What each stage trained, by stage, in the order of its candidates. */
  candidates: ReadonlyMap<string, readonly PlannedTrial[]>;
}

/**
 * The trials of a stage, in order: each candidate's runs, and at the end the runs that the start lacks, if it is ranked. What a search
 * draws is not known beforehand; a test has no trials.
 *
 * @throws if a stage that it builds on has not ended. The schema doesn't let a stage refer to a later one.
 */
export function stageTrials(study: Study, profile: Profile, stage: Stage, soFar: StudySoFar): PlannedTrial[] {
  switch (stage.kind) {
    case 'compare':
      return [...compareTrials(study, profile, stage, soFar), ...startTrials(profile, stage, soFar)];
    case 'search':
      return startTrials(profile, stage, soFar);
    case 'variant':
      return variantTrials(study, profile, stage, soFar);
    case 'repeat':
      return repeatTrials(stage, soFar);
    default:
      return [];
  }
}

/** The winner that a stage starts from; undefined if it starts from the study's base. */
export function startOf(stage: Stage, soFar: StudySoFar): NamedConfig | undefined {
  if (!('from' in stage) || stage.from === undefined) return undefined;
  const found = soFar.winners.get(stage.from);
  if (!found) throw new Error(`stage ${stage.name}: expected ${stage.from} to have a winner, it has none`);
  return found;
}

/** Whether a stage ranks the winner that it starts from with its own trials. */
export function ranksStart(stage: Stage): boolean {
  return stage.kind === 'search' || (stage.kind === 'compare' && stage.ranksStart);
}

/** The networks that a search may choose, by the names in its space. */
export type Networks = Readonly<Record<string, Network>>;

/** The trial with which a search follows a suggestion: `<start>_search_01` and so on. */
export function searchTrial(
  start: NamedConfig,
  suggestion: Suggestion,
  profile: Profile,
  index: number,
  networks: Networks = {},
): PlannedTrial {
  return {
    name: `${start.name}${searchSuffix(index)}`,
    config: suggestedConfig(start.config, suggestion, profile, networks),
    repetition: 0,
    of: null,
  };
}

/** A configuration with what a search suggests for it. */
export function suggestedConfig(
  config: TrainingConfig,
  { network: name, ...settings }: Suggestion,
  profile: Pick<Profile, 'epochDivisor'>,
  networks: Networks,
): TrainingConfig {
  const network = name === undefined ? config.network : networks[name];
  if (!network) throw new Error(`network ${name}: expected one of ${Object.keys(networks).join(', ')}`);
  return { ...config, ...asTrained(settings, profile), network };
}

/** The networks that a search may choose: those of earlier candidates, reduced if the profile says so. */
export function searchNetworks(
  study: Pick<Study, 'stages' | 'data'>,
  profile: Profile,
  stage: SearchStage,
  soFar: StudySoFar,
): Networks {
  const known = candidatesWithNetworks(study.stages);
  const entries = searchedNetworkNames(stage.space).map((name) => {
    const candidate = known.get(name);
    if (!candidate) throw new Error(`network ${name}: expected a candidate of an earlier stage, found none`);
    const reduced = profile.reducedNetworks ? candidate.reduced : undefined;
    return [name, networkOf(study, reduced?.network ?? candidate.change.network, soFar)];
  });
  return Object.fromEntries(entries);
}

/** The images that a profile trains on, out of those in the data set. */
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
    ...formOfData(study),
  };
}

/** The number of images that a profile asks for, or all if it asks for more than there are. */
export function limitImages(wanted: number | 'all', available: number): number {
  return wanted === 'all' ? available : Math.min(wanted, available);
}

/**
 * @param study.weights SHA-256 of the study's weights, if it has any.
 * @param study.rankBy left out of the specification if it is accuracy.
 * @throws if the network is pretrained and the study has no weights. Such a study is never started.
 */
export function trialSpec(
  config: TrainingConfig,
  data: TrialData,
  study: Pick<TrialSpec, 'seed' | 'repetition' | 'numerics'> & {
    weights: string | null;
    rankBy?: Measure | undefined;
  },
): TrialSpec {
  const { weights, rankBy: measure, ...rest } = study;
  const rankBy = asStored(measure);
  const initialWeights = config.network.pretrained ? weights : 'scratch';
  if (initialWeights === null) throw new Error('a network is pretrained, but the study has no weights');
  return { config: asSpecified(config), data, ...rest, initialWeights, ...(rankBy && { rankBy }) };
}

/** A configuration as specifications have it: without settings that are newer than stored results, at their defaults. */
export function asSpecified(config: TrainingConfig): TrainingConfig {
  const left = Object.entries(config).filter(
    ([name, value]) => !(name in newerDefaults && isDefault(name as keyof typeof newerDefaults, value)),
  );
  return Object.fromEntries(left) as TrainingConfig;
}

/** For an object that has a rule only if there is one. */
export function withRule(rule: Divisors | undefined): { rule?: Divisors } {
  return rule ? { rule } : {};
}

// --- helpers ---

/** Left undefined, a setting has its default too. */
function isDefault(name: keyof typeof newerDefaults, value: unknown): boolean {
  return value === undefined || JSON.stringify(value) === JSON.stringify(newerDefaults[name]);
}

function compareTrials(
  study: Study,
  profile: Profile,
  stage: CompareStage,
  soFar: StudySoFar,
): PlannedTrial[] {
  const start = startOf(stage, soFar);
  const base = start?.config ?? asTrained(study.base, profile);
  return stage.candidates.flatMap((candidate) => {
    const reduced = profile.reducedNetworks ? candidate.reduced : undefined;
    const name = reduced?.name ?? candidate.name;
    const trial: PlannedTrial = {
      name: name.startsWith('_') && start ? `${start.name}${name}` : name,
      config: changed(study, base, candidate, reduced?.network, profile, soFar),
      repetition: 0,
      of: null,
      ...withRule(ruleOf(candidate.change.network)),
    };
    return asRuns(trial, repeatsOf(stage, profile));
  });
}

/** The runs that a ranked start lacks, so that it is compared by as many as the stage's candidates. */
function startTrials(profile: Profile, stage: CompareStage | SearchStage, soFar: StudySoFar): PlannedTrial[] {
  const start = startOf(stage, soFar);
  if (!start?.won || !ranksStart(stage)) return [];
  const { name, runs } = start.won;
  return asRuns({ name, config: start.config, repetition: 0, of: null }, repeatsOf(stage, profile), runs);
}

function variantTrials(
  study: Study,
  profile: Profile,
  stage: VariantStage,
  soFar: StudySoFar,
): PlannedTrial[] {
  return stage.of.flatMap(({ stage: source, candidate }) => {
    const compared = study.stages.find((each) => each.name === source) as CompareStage;
    const index = compared.candidates.findIndex(({ name }) => name === candidate);
    const ordinary = soFar.candidates.get(source)?.filter(({ run }) => !run)[index];
    if (!ordinary) throw new Error(`stage ${stage.name}: expected ${source} to have ended, it has not`);
    const { network: changedNetwork, ...settings } = stage.change;
    const network = changedNetwork ? networkOf(study, changedNetwork, soFar) : ordinary.config.network;
    const trial: PlannedTrial = {
      name: `${ordinary.name}_${stage.name}`,
      config: { ...ordinary.config, ...asTrained(settings, profile), network },
      repetition: 0,
      of: ordinary.name,
    };
    return asRuns(trial, repeatsOf(stage, profile));
  });
}

function repeatTrials(stage: RepeatStage, soFar: StudySoFar): PlannedTrial[] {
  const start = startOf(stage, soFar);
  if (!start) return [];
  return [{ name: `${start.name}_again`, config: start.config, repetition: 1, of: start.name }];
}

function changed(
  study: Study,
  base: TrainedSettings & { network?: Network },
  { name, change }: Candidate,
  reduced: PlannedNetwork | undefined,
  profile: Profile,
  soFar: StudySoFar,
): TrainingConfig {
  const { network: changedNetwork, ...settings } = change;
  const planned = reduced ?? changedNetwork;
  const network = planned ? networkOf(study, planned, soFar) : base.network;
  if (!network) throw new Error(`candidate "${name}": no network in the change, and none to start from`);
  return { ...base, ...asTrained(settings, profile), network };
}

function networkOf(study: Pick<Study, 'data'>, planned: PlannedNetwork, { winners }: StudySoFar): Network {
  return asNetwork(planned, inputOf(study), winners.get(takesRuleOf(planned) ?? '')?.rule);
}

/** What is as for CIFAR-10 is left out, so that trials keep the keys that they had when there were no other data. */
function formOfData(study: Study): Pick<TrialData, 'input' | 'normalisation'> {
  const input = inputOf(study);
  const normalisation: Normalisation | undefined =
    study.data?.kind === 'images' ? study.data.normalisation : study.data && 'training';
  return {
    ...(!sameInput(input, CIFAR10_INPUT) && { input }),
    ...(normalisation && { normalisation }),
  };
}
