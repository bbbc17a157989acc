import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { inputOf } from '../../study/definition/data-schema.ts';
import type { InputForm } from '../../study/definition/input-form.ts';
import { selectProfile } from '../../study/definition/parse-study.ts';
import type { Study } from '../../study/definition/study-schema.ts';
import { type TrainingConfig, threadsOf } from '../../study/definition/training-config.ts';
import { planCourse, type StagePlan } from '../../study/plan/course.ts';
import { type StepCost, trialSeconds } from '../../study/plan/estimate.ts';
import { readsAhead, trialMemoryBytes } from '../../study/plan/memory.ts';
import { limitImages, type PlannedTrial } from '../../study/plan/plan.ts';
import { idleShare, scheduleSeconds, type TrialMachine } from '../../study/plan/schedule.ts';
import { withStopping } from '../../study/plan/stopping.ts';
import { heldOutImages } from '../../study/trial/trial.ts';
import { machineCapacity } from '../../trainer/capacity.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { askTrainer } from '../ask-trainer.ts';
import { isUrl } from './is-url.ts';
import { describeIdle, describeMemory, describeReadAhead, describeTrialsAtOnce } from './machine-use.ts';
import { describeRange, isWide, type SecondsRange } from './seconds-range.ts';
import { estimateStopping, type StoppingEstimate } from './stopping-time.ts';

/** How many examples a data set has. */
export interface ExampleCounts {
  training: number;
  test: number;
}

export const CIFAR10_COUNTS: ExampleCounts = { training: 50_000, test: 10_000 };

export interface StudyEstimate {
  images: { training: number; validation: number; test: number };
  /**
   * If the fastest network wins every stage and searches stop as many trials early as they can, and if the slowest wins and they stop as
   * few as they must.
   */
  seconds: SecondsRange;
  /** For each search that may stop trials early. */
  stopping: StoppingEstimate[];
  /** What this machine trains at a time, what a trial needs, and what idles: a line each. */
  use: string[];
}

/**
 * Measures a step of every network that the study may train, with as many trainers at once as the study will have, and
 * adds up the time that its trials take.
 *
 * @param counts of the data set.
 */
export async function estimateStudy(
  study: Study,
  profileName: string,
  counts: ExampleCounts,
  signal: AbortSignal,
): Promise<StudyEstimate> {
  const profile = selectProfile(study, profileName);
  const machine = machineCapacity(process.env);
  const images = imagesOf(study, profileName, counts);
  const input = inputOf(study);
  const held = images.training + images.validation;
  const memoryOf = ({ config }: PlannedTrial) =>
    trialMemoryBytes(config, held, input, readsAhead(config, held, input, machine.memoryBytes));
  const course = planCourse(study, profile);
  const trials = course.flatMap((stage) => stage.trials);

  const configs = distinctConfigs(trials);
  const costs = await measureSteps(configs, input, signal, trainersAtOnce(trials, memoryOf, machine));
  const byKey = new Map(configs.map((config, index) => [keyOf(config), costs[index] as StepCost]));
  const secondsOf = ({ config }: PlannedTrial) =>
    trialSeconds(config, images, byKey.get(keyOf(config)) as StepCost);
  const courseOf = (isBetter: (a: number, b: number) => boolean) =>
    planCourse(study, profile, (candidates) =>
      candidates.reduce((best, trial) => (isBetter(secondsOf(trial), secondsOf(best)) ? trial : best)),
    );
  const schedule = (plan: readonly StagePlan[]) =>
    scheduleSeconds(plan, (trial) => ({ seconds: secondsOf(trial), memoryBytes: memoryOf(trial) }), machine);
  const courses = { fastest: courseOf((a, b) => a < b), slowest: courseOf((a, b) => a > b) };

  return {
    images: { ...images, test: limitImages(profile.testImages, counts.test) },
    seconds: {
      least: schedule(withStopping(courses.fastest, profile, 'most')),
      most: schedule(withStopping(courses.slowest, profile, 'fewest')),
    },
    stopping: estimateStopping(courses, profile, schedule),
    use: [
      ...describeUse(course, memoryOf, machine),
      ...describeReadAhead(trials, ({ config }) => readsAhead(config, held, input, machine.memoryBytes)),
    ],
  };
}

/** Prints how long a study will take, unless its profile uses only a part of the images: then it is short. */
export async function printEstimate(
  { study, profile, source }: StudyRequest,
  signal: AbortSignal,
): Promise<void> {
  if (selectProfile(study, profile).trainImages !== 'all') return;
  const counts = await exampleCounts(study, source.archive, signal);
  if (!counts) return;
  console.log('Measuring a training step of each network…');
  console.log(describeEstimate(await estimateStudy(study, profile, counts, signal)));
}

/** Prints what idles on this machine, if it's half of its cores or more. */
export function printIdle({ study, profile }: StudyRequest): void {
  const course = planCourse(study, selectProfile(study, profile));
  const { slots } = machineCapacity(process.env);
  const idle = describeIdle(course, slots);
  if (idle !== null && idleShare(course, slots) >= 0.5) console.log(idle);
}

/**
 * How many examples a study's data have.
 *
 * @param source a path or URL; null for CIFAR-10.
 * @returns undefined if only downloading them would show it.
 * @throws {UserError} in one line, if they aren't what the study says.
 */
export async function exampleCounts(
  { data }: Study,
  source: string | null,
  signal: AbortSignal,
): Promise<ExampleCounts | undefined> {
  if (!data) return CIFAR10_COUNTS;
  if (source === null || isUrl(source)) return undefined;
  return askTrainer({ kind: 'countData', path: source, data }, { failure: 'the data', signal });
}

export function describeEstimate({ seconds, stopping }: StudyEstimate): string {
  const onResults = stopping.some(({ isKnown }) => !isKnown) ? ' and which trials are stopped early' : '';
  const reason = isWide(seconds) ? `, depending on which networks win${onResults}` : '';
  return `time: ${describeRange(seconds)}${reason}, on this machine`;
}

/**
 * Measures how long a training step of each configuration takes on this machine, with the configuration's threads.
 * Trainings side by side slow one another, so several trainers measure the same at once.
 *
 * @param input the form of the study's examples.
 * @param trainers how many at once.
 */
export async function measureSteps(
  configs: TrainingConfig[],
  input: InputForm,
  signal: AbortSignal,
  trainers = 1,
): Promise<StepCost[]> {
  const env = trainerEnvironment(await ensureNativeParts());
  const costs = new Map<TrainingConfig, StepCost>();
  for (const threads of new Set(configs.map(threadsOf))) {
    const measured = configs.filter((config) => threadsOf(config) === threads);
    const options = { failure: "the time can't be estimated", signal, env, threads };
    const count = Math.max(1, Math.floor(trainers / threads));
    const answers = await Promise.all(
      Array.from({ length: count }, () => askTrainer({ kind: 'measure', configs: measured, input }, options)),
    );
    measured.forEach((config, index) => {
      costs.set(config, meanCost(answers.map((answer) => answer[index] as StepCost)));
    });
  }
  return configs.map((config) => costs.get(config) as StepCost);
}

// --- helpers ---

function imagesOf(
  study: Study,
  profileName: string,
  counts: ExampleCounts,
): { training: number; validation: number } {
  const used = limitImages(selectProfile(study, profileName).trainImages, counts.training);
  const validation = heldOutImages(used, study.validationFraction);
  return { training: used - validation, validation };
}

function describeUse(
  course: readonly StagePlan[],
  memoryOf: (trial: PlannedTrial) => number,
  machine: TrialMachine,
): string[] {
  const trials = course.flatMap((stage) => stage.trials);
  const idle = describeIdle(course, machine.slots);
  return [
    describeTrialsAtOnce(trials, memoryOf, machine),
    describeMemory(trials, memoryOf),
    ...(idle === null ? [] : [idle]),
  ];
}

/** No more than memory holds of the largest trial: what trainers measure with needs less. */
function trainersAtOnce(
  trials: readonly PlannedTrial[],
  memoryOf: (trial: PlannedTrial) => number,
  { slots, memoryBytes }: TrialMachine,
): number {
  const largest = Math.max(...trials.map(memoryOf));
  return Math.max(1, Math.min(slots, Math.floor(memoryBytes / largest)));
}

/** One configuration for each network with its augmentations, and number of threads. */
function distinctConfigs(trials: readonly PlannedTrial[]): TrainingConfig[] {
  return [...new Map(trials.map(({ config }) => [keyOf(config), config])).values()];
}

function keyOf(config: TrainingConfig): string {
  return JSON.stringify([config.network, threadsOf(config), config.augmentations]);
}

function meanCost(costs: StepCost[]): StepCost {
  const mean = (of: (cost: StepCost) => number) =>
    costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  return {
    batchSize: (costs[0] as StepCost).batchSize,
    trainMilliseconds: mean((cost) => cost.trainMilliseconds),
    evaluationMillisecondsPerImage: mean((cost) => cost.evaluationMillisecondsPerImage),
  };
}
