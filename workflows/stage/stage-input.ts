/** What the workflow of a stage is given, and what it gives back. */
import type { Overrides } from '../../study/definition/overrides.ts';
import type { SearchStage, Stage } from '../../study/definition/stage-schema.ts';
import type { Profile } from '../../study/definition/study-schema.ts';
import type { NamedConfig, Networks } from '../../study/plan/plan.ts';
import type { TieRule } from '../../study/plan/ranking.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import type { SearchEnd, Suggestion } from '../../study/record/search-record.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import type { DrawnSettings, StageRow, Winner } from '../status.ts';

/** What a stage ranks. */
export interface StagePlan {
  /** The runs of the winner that the stage starts from, if that is ranked: they come first and are not trained again. */
  start: TrialStanding[];
  trials: StageTrial[];
}

export interface StageInput extends StagePlan {
  studyId: string;
  stage: string;
  kind: Stage['kind'];
  question: string;
  /** The stage before still runs, and `trials` are those that don't depend on its winner. A signal brings the plan. */
  early?: true;
  search: SearchPlan | null;
  /** Of a search whose workflow continues as new. */
  continued?: SearchState;
  /** Side experiments have no winner. */
  promotes: boolean;
  /** Absent: only equal scores are ties. */
  ties?: TieRule;
  /** Train trials again if the store has their results. */
  retrain?: true;
  /** See `StudyRequest`. */
  heartbeatSeconds?: number;
}

export interface StageTrial {
  name: string;
  spec: TrialSpec;
  /** The ordinary trial that a side experiment's trial is compared with. */
  of: string | null;
  /** The candidate whose second or later run it is. */
  candidate?: string;
}

/** A trial with what a search drew for it, or what a person changed for the whole stage. */
export interface MadeTrial extends StageTrial {
  suggestion?: Suggestion;
  drawn?: DrawnSettings;
  override?: Overrides | null;
  /** Its stage was started early, and the trial is not one of those that were known then. */
  inTurn?: true;
}

/** An evaluation of a search. */
export interface Evaluation {
  /** Of its first run. */
  spec: TrialSpec;
  /** At least one. */
  runs: MadeTrial[];
  evaluation: {
    /** From 0. */
    number: number;
    /** The numbers of those that were suggested together with it. */
    portion: { from: number; count: number };
  };
}

/** What a search makes its trials from, as they are suggested. */
export interface SearchPlan
  extends Pick<
    SearchStage,
    'evaluations' | 'parallel' | 'space' | 'sampler' | 'order' | 'budget' | 'seededBy'
  > {
  start: NamedConfig;
  /** Of the start. */
  spec: TrialSpec;
  profile: Profile;
  /** How many runs each configuration has. */
  repeats: number;
  /** What it may choose, by name, and what those networks start from. */
  networks: Networks;
  initialWeights: Record<string, TrialSpec['initialWeights']>;
  /** The workflow continues as new after about so many. */
  evaluationsARun: number;
}

/** How far a search is when its workflow continues as new. */
export interface SearchState {
  /** How many evaluations were suggested, how many of their ends are in the search's log, and how many have ended. */
  suggested: number;
  arrived: number;
  ended: number;
  /** How many trials of earlier searches it knows. */
  seeds: number;
  /** Of the evaluations that have begun. */
  epochs: number;
  /** What is left of its time; null if it has no limit. */
  leftMs: number | null;
  isPaused: boolean;
  /** Those that the stage's status keeps. */
  rows: StageRow[];
}

export interface StageOutcome {
  standings: TrialStanding[];
  /** null for a side experiment. */
  winner: Winner | null;
  /** How a search ended. Of a long one, `standings` has the best and the newest; the search's log has all. */
  search?: SearchEnd;
}
