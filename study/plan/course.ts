import { repeatsOf } from '../definition/repeats.ts';
import type { SearchStage, Stage } from '../definition/stage-schema.ts';
import type { Profile, Study } from '../definition/study-schema.ts';
import type { Suggestion } from '../record/search-record.ts';
import { drawAll } from '../search/samplers/random.ts';
import { applying } from '../search/space.ts';
import { asSuggestion, spaceOf } from '../search/suggestion.ts';
import { earlyTrials } from './early-trials.ts';
import {
  type NamedConfig,
  type Networks,
  type PlannedTrial,
  searchNetworks,
  searchTrial,
  stageTrials,
  startOf,
} from './plan.ts';
import { promotedConfig } from './promotion.ts';
import { asRuns } from './runs.ts';
import { isSideExperiment } from './side-experiments.ts';

/** What a stage would train if the study took a certain course. */
export interface StagePlan {
  stage: Stage;
  trials: PlannedTrial[];
  /** Those that are trained beside the stage before, since they don't depend on its winner. */
  early: readonly PlannedTrial[];
}

/**
 * A study's course if each stage were won by the trial that `choose` picks: what a later stage trains depends on the
 * winners before it. The middle of a search's space stands for every configuration that it may draw, and for the one that
 * it promotes.
 *
 * @param choose among the candidates' first runs; default: the first trial.
 */
export function planCourse(
  study: Study,
  profile: Profile,
  choose: (trials: readonly PlannedTrial[]) => PlannedTrial = (trials) => trials[0] as PlannedTrial,
): StagePlan[] {
  const winners = new Map<string, NamedConfig>();
  const candidates = new Map<string, PlannedTrial[]>();
  /** By stage. */
  const early = new Map<string, readonly PlannedTrial[]>();
  return study.stages.map((stage) => {
    const soFar = { winners, candidates };
    const start = startOf(stage, soFar);
    const trials =
      stage.kind === 'search' && start
        ? [
            ...middleTrials(stage, start, profile, searchNetworks(study, profile, stage, soFar)),
            ...stageTrials(study, profile, stage, soFar),
          ]
        : stageTrials(study, profile, stage, soFar);
    if (!isSideExperiment(stage)) {
      const next = earlyTrials(study, profile, soFar, { stage, start, trials });
      if (next) early.set(next.stage.name, next.trials);
    }
    candidates.set(stage.name, trials);
    const runs = repeatsOf(stage, profile);
    if (stage.kind === 'compare') {
      const { name } = choose(trials.filter(({ run }) => !run));
      const winner = { name, suggestion: null, override: null, takenOver: false };
      // The others follow in the order of the candidates.
      const ranking = [name, ...trials.map((trial) => trial.name)];
      const promoted = promotedConfig(winner, { start, planned: trials, profile, ranking });
      winners.set(stage.name, { ...promoted, won: { name, runs } });
    }
    if (stage.kind === 'search' && start && trials[0]) {
      const { name, config } = trials[0];
      winners.set(stage.name, { name: start.name, config, won: { name, runs } });
    }
    return { stage, trials, early: early.get(stage.name) ?? [] };
  });
}

// --- helpers ---

/** @param networks those that the search may choose. */
function middleTrials(
  stage: SearchStage,
  start: NamedConfig,
  profile: Profile,
  networks: Networks,
): PlannedTrial[] {
  const space = spaceOf(stage.space);
  const middle = inWholeNumbers(
    asSuggestion(
      applying(
        space,
        drawAll(space, () => 0.5),
      ),
    ),
  );
  const repeats = repeatsOf(stage, profile);
  return Array.from({ length: stage.evaluations }, (_, index) =>
    asRuns(searchTrial(start, middle, profile, index, networks), repeats),
  ).flat();
}

/** The middle of two whole numbers may not be one. */
function inWholeNumbers({ batchSize, epochs, ...rest }: Suggestion): Suggestion {
  return {
    ...rest,
    ...(batchSize !== undefined && { batchSize: Math.round(batchSize) }),
    ...(epochs !== undefined && { epochs: Math.round(epochs) }),
  };
}
