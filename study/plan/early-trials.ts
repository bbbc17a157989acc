import type { CompareStage, Stage } from '../definition/stage-schema.ts';
import type { Profile, Study } from '../definition/study-schema.ts';
import { type NamedConfig, type PlannedTrial, ranksStart, type StudySoFar, stageTrials } from './plan.ts';
import { promotedConfig } from './promotion.ts';
import { isSideExperiment } from './side-experiments.ts';

/** A stage of the main line whose next stage has trials that can be trained beside its own. */
export interface PlannedStage {
  stage: Stage;
  start: NamedConfig | undefined;
  trials: readonly PlannedTrial[];
}

/** A stage, and those of its trials that are the same whichever trial wins the stage before. */
export interface EarlyTrials {
  stage: CompareStage;
  trials: PlannedTrial[];
}

/**
 * What can be trained of the stage that follows a stage of the main line, before that has ended: the trials of a comparison
 * whose specifications don't depend on its winner. A person who retries trials with other settings may change
 * them nevertheless.
 *
 * @param current the stage that begins, with its trials.
 * @returns undefined if there are no such trials.
 */
export function earlyTrials(
  study: Study,
  profile: Profile,
  soFar: StudySoFar,
  current: PlannedStage,
): EarlyTrials | undefined {
  const mainLine = study.stages.filter((stage) => !isSideExperiment(stage));
  const stage = mainLine[mainLine.findIndex(({ name }) => name === current.stage.name) + 1];
  if (stage?.kind !== 'compare') return undefined;
  const [first, ...others] = possibleWinners(stage, profile, current).map((winner) =>
    stageTrials(study, profile, stage, {
      ...soFar,
      winners: winner ? new Map([...soFar.winners, [current.stage.name, winner]]) : soFar.winners,
    }),
  );
  const trials = (first ?? []).filter((trial, index) =>
    others.every((plan) => JSON.stringify(plan[index]) === JSON.stringify(trial)),
  );
  return trials.length > 0 ? { stage, trials } : undefined;
}

// --- helpers ---

/** What the next stage may start from; undefined if that doesn't depend on the current stage. None if it isn't known. */
function possibleWinners(
  next: CompareStage,
  profile: Profile,
  { stage, start, trials }: PlannedStage,
): (NamedConfig | undefined)[] {
  if (next.from !== stage.name) return [undefined];
  if (stage.kind !== 'compare') return [];
  const own = trials.map(({ name }) =>
    promotedConfig(
      { name, suggestion: null, override: null, takenOver: false },
      { start, planned: trials, profile },
    ),
  );
  return ranksStart(stage) && start ? [start, ...own] : own;
}
