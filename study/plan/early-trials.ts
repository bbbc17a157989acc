import { takesRuleOf } from '../definition/planned-network.ts';
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
  if (comparisons(stage, current) > MOST_COMPARISONS) return undefined;
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

/** More would hold up the workflow for seconds. Such a stage starts when its turn has come. */
const MOST_COMPARISONS = 100_000;

function comparisons(next: CompareStage, { trials }: PlannedStage): number {
  const rules = trials.filter(({ rule }) => rule).length;
  return (trials.length + 1) * Math.max(1, rules) * next.candidates.length;
}

/**
 * What the next stage may start from, with every rule that it may take over; undefined if neither depends on the current stage.
 * None if it isn't known.
 */
function possibleWinners(
  next: CompareStage,
  profile: Profile,
  { stage, start, trials }: PlannedStage,
): (NamedConfig | undefined)[] {
  const rulesTaken = next.candidates.flatMap(({ change, reduced }) =>
    [change.network, reduced?.network].map(takesRuleOf),
  );
  if (next.from !== stage.name && !rulesTaken.includes(stage.name)) return [undefined];
  if (stage.kind !== 'compare') return [];
  const candidates = trials.filter(({ run }) => !run);
  const winners = [
    ...(ranksStart(stage) && start ? [{ name: start.name, takenOver: true }] : []),
    ...candidates.map(({ name }) => ({ name, takenOver: false })),
  ];
  const rulesFirst = candidates.flatMap(({ name, rule }) => (rule ? [[name]] : []));
  return winners.flatMap((winner) =>
    (rulesFirst.length > 0 ? rulesFirst : [[]]).map((rest) =>
      promotedConfig(
        { ...winner, suggestion: null, override: null },
        { start, planned: trials, profile, ranking: [winner.name, ...rest] },
      ),
    ),
  );
}
