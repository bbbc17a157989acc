import { availableParallelism } from 'node:os';
import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { selectProfile } from '../../study/definition/parse-study.ts';
import type { Study } from '../../study/definition/study-schema.ts';
import type { Network, TrainingConfig } from '../../study/definition/training-config.ts';
import { planCourse } from '../../study/plan/course.ts';
import { estimateSeconds, type StepCost } from '../../study/plan/estimate.ts';
import { limitImages, type PlannedTrial } from '../../study/plan/plan.ts';
import { heldOutImages } from '../../study/trial/trial.ts';
import { duration } from '../../words/numbers.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { askTrainer } from '../ask-trainer.ts';

/** Of CIFAR-10, for profiles that use all images. */
const ALL_IMAGES = { train: 50_000, test: 10_000 };

export interface StudyEstimate {
  images: { training: number; validation: number; test: number };
  /** With one trial after another: if the fastest network wins every stage, and if the slowest does. */
  seconds: { least: number; most: number };
}

/** Measures a step of every network that the study may train, and adds up the time of all trials. */
export async function estimateStudy(
  study: Study,
  profileName: string,
  signal: AbortSignal,
): Promise<StudyEstimate> {
  const profile = selectProfile(study, profileName);
  const used = limitImages(profile.trainImages, ALL_IMAGES.train);
  const validation = heldOutImages(used, study.validationFraction);
  const images = { training: used - validation, validation };

  const configs = distinctNetworks(study, profileName);
  const costs = await measureSteps(configs, signal);
  const byNetwork = new Map(
    configs.map(({ network }, index) => [JSON.stringify(network), costs[index] as StepCost]),
  );
  const costOf = (network: Network): StepCost => byNetwork.get(JSON.stringify(network)) as StepCost;
  const secondsOf = (trial: PlannedTrial) => estimateSeconds([trial], images, costOf);
  const total = (choose: (a: number, b: number) => boolean) =>
    planCourse(study, profile, (trials) =>
      trials.reduce((best, trial) => (choose(secondsOf(trial), secondsOf(best)) ? trial : best)),
    ).reduce((sum, { trials }) => sum + estimateSeconds(trials, images, costOf), 0);

  return {
    images: { ...images, test: limitImages(profile.testImages, ALL_IMAGES.test) },
    seconds: { least: total((a, b) => a < b), most: total((a, b) => a > b) },
  };
}

/** Prints how long a study will take, unless its profile uses only a part of the images: then it is short. */
export async function printEstimate({ study, profile }: StudyRequest, signal: AbortSignal): Promise<void> {
  if (selectProfile(study, profile).trainImages !== 'all') return;
  console.log('Measuring a training step of each network…');
  console.log(describeEstimate(await estimateStudy(study, profile, signal)));
}

export function describeEstimate({ seconds }: StudyEstimate): string {
  const range =
    seconds.most > 1.2 * seconds.least
      ? `${duration(seconds.least)} to ${duration(seconds.most)}, depending on which networks win`
      : `about ${duration(seconds.most)}`;
  return `time: ${range}, with one trial after another on this machine (${availableParallelism()} processors)`;
}

/** Measures how long a training step of each configuration takes on this machine. */
export async function measureSteps(configs: TrainingConfig[], signal: AbortSignal): Promise<StepCost[]> {
  const env = trainerEnvironment(await ensureNativeParts());
  return askTrainer({ kind: 'measure', configs }, { failure: "the time can't be estimated", signal, env });
}

// --- helpers ---

/** One configuration for each network of the study. */
function distinctNetworks(study: Study, profileName: string): TrainingConfig[] {
  const profile = selectProfile(study, profileName);
  const course = planCourse(study, profile);
  const configs = course.flatMap(({ trials }) => trials.map(({ config }) => config));
  return [...new Map(configs.map((config) => [JSON.stringify(config.network), config])).values()];
}
