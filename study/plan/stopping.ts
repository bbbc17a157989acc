import { drawnEpochs } from '../definition/checks/check-stopping.ts';
import type { SearchStage } from '../definition/stage-schema.ts';
import type { Profile } from '../definition/study-schema.ts';
import type { TrainedEpochs, TrainingConfig } from '../definition/training-config.ts';
import { portionSizes } from '../search/rounds.ts';
import { rungsOf, type StoppingRule } from '../search/stopping/rules.ts';
import { type Savings, savings, trainedEpochs } from '../search/stopping/savings.ts';
import type { StagePlan } from './course.ts';
import { asTrained } from './epochs.ts';

type EpochDivisor = Pick<Profile, 'epochDivisor'>;

/** A search's rule as a profile trains: its epochs are divided like those of trials. undefined if it stops nothing. */
export function stoppingAsTrained(
  { stopping }: Pick<SearchStage, 'stopping'>,
  profile: EpochDivisor,
): StoppingRule | undefined {
  if (!stopping) return undefined;
  const divided = (epochs: number): number => asTrained({ epochs }, profile).epochs as number;
  const first = divided(stopping.first);
  return stopping.kind === 'median'
    ? { ...stopping, first, every: divided(stopping.every) }
    : { ...stopping, first };
}

/** Where a search may stop trials, and what that saves. */
export interface PlannedStopping {
  rule: StoppingRule;
  /** Those of the longest trial that it may draw; none if even that one is too short. */
  rungs: number[];
  savings: Savings;
  /** Epochs of that trial. */
  longest: number;
  /** Of all evaluations together, if none is stopped, and as the rule stops them. */
  epochs: { unstopped: Range; trained: Range };
  /** How many evaluations each of its rounds compares, in order; null if the rule doesn't compare rounds that are known beforehand. */
  rounds: number[] | null;
}

interface Range {
  least: number;
  most: number;
}

/**
 * @param start the configuration that the search starts from, as the profile trains it.
 * @returns undefined if the search stops nothing.
 */
export function plannedStopping(
  stage: SearchStage,
  profile: EpochDivisor,
  start: Pick<TrainingConfig, 'epochs'>,
): PlannedStopping | undefined {
  const rule = stoppingAsTrained(stage, profile);
  if (!rule) return undefined;
  const trained = drawnEpochs(stage.space).map((epochs) => asTrained({ epochs }, profile).epochs as number);
  const [shortest, longest] =
    trained.length > 0 ? [Math.min(...trained), Math.max(...trained)] : [start.epochs, start.epochs];
  const rounds = portionSizes(stage);
  return {
    rule,
    rungs: rungsOf(rule, longest),
    savings: savings(rule, { rounds, shortest, longest }),
    longest,
    epochs: {
      unstopped: { least: stage.evaluations * shortest, most: stage.evaluations * longest },
      trained: {
        least: sum(trainedEpochs(rule, rounds, shortest).fewest),
        most: sum(trainedEpochs(rule, rounds, longest).most),
      },
    },
    rounds: rule.kind === 'halving' ? rounds : null,
  };
}

/**
 * A study's course in which its searches stop trials early, as many as their rules can stop or as few as they must. As in the course, the
 * middle of a search's space stands for every configuration, so that its trials are equally long.
 */
export function withStopping(
  course: readonly StagePlan[],
  profile: EpochDivisor,
  stops: 'most' | 'fewest',
): StagePlan[] {
  return course.map((plan) => {
    const { stage, trials } = plan;
    const rule = stage.kind === 'search' ? stoppingAsTrained(stage, profile) : undefined;
    const [first] = trials;
    if (!rule || stage.kind !== 'search' || !first) return plan;
    const { fewest, most } = trainedEpochs(rule, portionSizes(stage), first.config.epochs);
    const epochs = stops === 'most' ? fewest : most;
    // Behind the evaluations are runs that the start lacks.
    const stopped = trials.map((trial, index) => ({
      ...trial,
      config: { ...trial.config, epochs: (epochs[index] ?? trial.config.epochs) as TrainedEpochs },
    }));
    return { ...plan, trials: stopped };
  });
}

// --- helpers ---

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
