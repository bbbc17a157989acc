import { drawnEpochs } from '../definition/check-stopping.ts';
import type { SearchStage } from '../definition/stage-schema.ts';
import type { Profile } from '../definition/study-schema.ts';
import type { TrainingConfig } from '../definition/training-config.ts';
import { portionSizes } from '../search/rounds.ts';
import { rungsOf, type StoppingRule } from '../search/stopping/rules.ts';
import { type Savings, savings } from '../search/stopping/savings.ts';
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
  const saved = savings(rule, { rounds: portionSizes(stage), shortest, longest });
  return { rule, rungs: rungsOf(rule, longest), savings: saved, longest };
}
