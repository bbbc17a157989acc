/** What workflows are given and what they show of themselves, to each other, to their pages and to clients. */
import type { Overrides } from '../study/definition/overrides.ts';
import type { Stage } from '../study/definition/stage-schema.ts';
import type { TrainedSettings } from '../study/definition/training-config.ts';
import type { Winning } from '../study/plan/ranking.ts';
import type { VerdictInBrief } from '../study/record/comparison-record.ts';
import type { DatasetSummary, TestScore, TrialStanding, WeightsSummary } from '../study/record/record.ts';
import type { SearchEnd } from '../study/record/search-record.ts';
import type { Rung, RungScore } from '../study/search/stopping/rung.ts';
import type { EpochLine, TrialSpec } from '../study/trial/trial.ts';
import type { ExampleWord } from '../words/examples.ts';

export type Winner = Winning<TrialStanding>;

/** The final test of a study's winner: if it has several runs, their means and each of them. */
export interface StudyTestScore extends TestScore {
  runs?: { trial: string; accuracy: number; loss: number; score?: number }[];
}

/** How a workflow ended that did not complete. */
export interface EarlyEnd {
  how: 'cancelled' | 'failed';
  /** Why it failed; null if it was cancelled. */
  failure: string | null;
}

/** What a search chose for a trial, with epochs as the profile scales them, and the network by its name. */
export type DrawnSettings = Partial<TrainedSettings> & { network?: string };

export interface StudyStatus {
  studyId: string;
  title: string;
  profile: string;
  /** The profile divides every trial's epochs by this. */
  epochDivisor: number;
  dataset: DatasetSummary | null;
  /** How many of the data set's images the profile uses; training images before the split. */
  images: { training: number; test: number } | null;
  /** What these are called. Absent: images. */
  example?: ExampleWord;
  /** What pretrained networks start from; null until it is prepared, and if there are none. */
  weights: WeightsSummary | null;
  stages: StageProgress[];
  /** What waits for a person: the failure for each workflow id. */
  attention: Record<string, string>;
  isPaused: boolean;
  test: StudyTestScore | null;
  /** Where people can browse the store's objects; null if that is not known. */
  objectsUrl: string | null;
  /** null while it runs. */
  end: EarlyEnd | { how: 'completed' } | null;
}

/** A stage as its study shows it. Its trials are in the status of its own workflow, and later in its standings. */
export interface StageProgress {
  name: string;
  kind: Stage['kind'];
  question: string;
  state: 'waiting' | 'running' | 'done' | 'cancelled';
  /** Whether only those of its trials are trained yet that don't depend on the winner of the stage before. */
  early: boolean;
  /** Name of the winner that it started from. */
  start: string | null;
  /** How many configurations a search trains; null for other stages. */
  evaluations: number | null;
  /** How a search ended; absent before, and for other stages. */
  searchEnd?: SearchEnd;
  winner: Winner | null;
  /** Whether its lead is more than chance; null if it isn't known, or if there is nothing to compare. */
  verdict: VerdictInBrief | null;
}

export interface StageStatus {
  stage: string;
  kind: Stage['kind'];
  question: string;
  /** How many configurations a search trains; null for other stages. */
  evaluations: number | null;
  /** How far a search is; null for other stages. */
  search: SearchProgress | null;
  /** In the order of the candidates. Of a long search: those that have not ended, the newest and the best. */
  trials: StageRow[];
  /** Why the stage as a whole needs attention. */
  failure: string | null;
  /** null while it runs, and if it completed. */
  end: EarlyEnd | null;
}

export interface SearchProgress {
  /** How many evaluations have ended. */
  ended: number;
  /** All that are under way have to end before another starts. */
  waitsForAll: boolean;
  /** null while it runs. */
  end: SearchEnd | null;
}

export interface StageRow {
  name: string;
  /** null for a trial that was taken over. */
  epochs: number | null;
  /** null for a trial that has not ended. */
  standing: TrialStanding | null;
  /** Why it needs attention. */
  failure: string | null;
  /** null unless a search drew it. */
  drawn: DrawnSettings | null;
  /** Its workflow has not started, since as many others of the stage train or wait as may. */
  isWaiting?: true;
}

export interface TrialInput {
  studyId: string;
  stage: string;
  name: string;
  spec: TrialSpec;
  /** Where its search may stop it, in order; absent if it may not. */
  rungs?: Rung[];
  /** Train it again if the store has its result, as a further repetition. */
  retrain?: true;
  /** See `StudyRequest`. */
  heartbeatSeconds?: number;
  /** Why it waits for a person from its start: somebody has ended the workflow that it had before. */
  parked?: string;
}

/** How a trial ended. */
export interface TrialEnd
  extends Pick<
    TrialStanding,
    | 'status'
    | 'trialKey'
    | 'outcome'
    | 'score'
    | 'bestEpoch'
    | 'reused'
    | 'retrained'
    | 'message'
    | 'parameters'
    | 'trainingSeconds'
    | 'stopped'
  > {
  /** What it had reached at rungs, in their order; absent without rungs. */
  rungScores?: RungScore[];
  /** Settings that a person changed when retrying this trial; null if none. */
  override: Overrides | null;
}

/** A try that failed, after which another follows. */
export interface FailedTry {
  /** From 1. */
  attempt: number;
  failure: string;
  /** When the next one starts. */
  nextAt: string;
}

/** What a trial's page and `run` show of it. */
export interface TrialStatus {
  name: string;
  /** As it is trained, including what a person has changed. */
  spec: TrialSpec;
  /** `halted`: at a rung, until its search decides whether it goes on. */
  state: 'queued' | 'training' | 'halted' | 'paused' | 'needsAttention' | 'done' | 'cancelled';
  lastLine: EpochLine | null;
  /** The best epoch's line so far. */
  bestLine: EpochLine | null;
  /** The last try that failed, unless Temporal made the next one by itself. */
  failedTry: FailedTry | null;
  /** Why the trial needs attention. */
  failure: string | null;
  end: TrialEnd | null;
}
