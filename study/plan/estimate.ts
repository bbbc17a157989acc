import type { Profile, SearchStage, Stage, Study } from '../definition/study-schema.ts';
import type { TrainingConfig } from '../definition/training-config.ts';
import {
  type NamedConfig,
  type PlannedTrial,
  scaleEpochs,
  searchTrialName,
  stageTrials,
  startOf,
} from './plan.ts';
import { promotedConfig } from './promotion.ts';

/** What a stage would train, with the names and configurations that one course of the study gives. */
export interface StagePlan {
  stage: Stage;
  /** Epochs as they are trained, after the profile's scaling. */
  trials: NamedConfig[];
}

/** A training's process, TensorFlow, images and result: on two processors, whatever the network. */
const OVERHEAD_SECONDS = 3;

/** How long a network takes, measured. */
export interface StepCost {
  /** Of a training step of `batchSize` images. */
  trainMilliseconds: number;
  batchSize: number;
  evaluationMillisecondsPerImage: number;
}

/**
 * A study's course if each stage were won by the trial that `choose` picks: what is trained in a later stage depends on
 * the winners before it. A search's configurations are stood in for by the middle of its space.
 */
export function planCourse(
  study: Study,
  profile: Profile,
  choose: (trials: readonly PlannedTrial[]) => PlannedTrial,
): StagePlan[] {
  const winners = new Map<string, NamedConfig>();
  const candidates = new Map<string, NamedConfig[]>();
  return study.stages.map((stage) => {
    const soFar = { winners, candidates };
    const start = startOf(stage, soFar);
    const planned =
      stage.kind === 'search' && start
        ? searchTrials(stage, start)
        : stageTrials(study, profile, stage, soFar);
    candidates.set(stage.name, planned);
    if (stage.kind === 'compare') {
      const { name } = choose(planned);
      winners.set(stage.name, promotedConfig({ ...unknown, name }, { start, planned, profile }));
    }
    // The middle of the space stands for what the search promotes, too.
    if (stage.kind === 'search' && start && planned[0])
      winners.set(stage.name, { ...planned[0], name: start.name });
    const trials = planned.map(({ name, config }) => ({ name, config: scaleEpochs(config, profile) }));
    return { stage, trials };
  });
}

/**
 * Seconds that trainings take one after another, each with the start of its process.
 *
 * @param images how many are trained on and validated with.
 * @param costOf what was measured for a network.
 */
export function estimateSeconds(
  trials: readonly NamedConfig[],
  images: { training: number; validation: number },
  costOf: (network: TrainingConfig['network']) => StepCost,
): number {
  return trials.reduce((sum, { config }) => sum + trialSeconds(config, images, costOf(config.network)), 0);
}

// --- helpers ---

const unknown = {
  status: 'trained',
  trialKey: null,
  outcome: null,
  score: null,
  bestEpoch: null,
  reused: false,
  takenOver: false,
  of: null,
  suggestion: null,
  override: null,
} as const;

function searchTrials({ evaluations, space }: SearchStage, start: NamedConfig): PlannedTrial[] {
  const middle = Object.fromEntries(
    Object.entries(space).flatMap(([name, distribution]) => {
      if (!distribution) return [];
      const value =
        distribution.kind === 'choice'
          ? (distribution.options[Math.floor(distribution.options.length / 2)] as number)
          : (distribution.low + distribution.high) / 2;
      return [[name, name === 'batchSize' || name === 'epochs' ? Math.round(value) : value]];
    }),
  );
  return Array.from({ length: evaluations }, (_, index) => ({
    name: searchTrialName(start.name, index),
    config: { ...start.config, ...middle },
    repetition: 0,
    of: null,
  }));
}

function trialSeconds(
  config: TrainingConfig,
  images: { training: number; validation: number },
  { trainMilliseconds, batchSize, evaluationMillisecondsPerImage }: StepCost,
): number {
  const training = (images.training / batchSize) * trainMilliseconds;
  const validation = images.validation * evaluationMillisecondsPerImage;
  return OVERHEAD_SECONDS + (config.epochs * (training + validation)) / 1000;
}
