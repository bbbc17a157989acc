/** What workflows are given and what they show of themselves, to each other, to their pages and to clients. */
import type { Overrides } from '../study/definition/overrides.ts';
import type { Stage } from '../study/definition/stage-schema.ts';
import type { DatasetSummary, TestScore, TrialStanding, WeightsSummary } from '../study/record/record.ts';
import type { EpochLine, TrialSpec } from '../study/trial/trial.ts';

export type Winner = TrialStanding & { score: number };

export interface StudyStatus {
  studyId: string;
  title: string;
  profile: string;
  dataset: DatasetSummary | null;
  /** How many of the data set's images the profile uses; training images before the split. */
  images: { training: number; test: number } | null;
  /** What pretrained networks start from; null until it is prepared, and if there are none. */
  weights: WeightsSummary | null;
  stages: StageProgress[];
  /** What waits for a person: the failure for each workflow id. */
  attention: Record<string, string>;
  test: TestScore | null;
  /** Where people can browse the store's objects; null if that is not known. */
  objectsUrl: string | null;
}

export interface StageProgress {
  name: string;
  kind: Stage['kind'];
  question: string;
  state: 'waiting' | 'running' | 'done';
  /** Name of the winner that it started from. */
  start: string | null;
  standings: TrialStanding[];
  winner: Winner | null;
}

export interface StageStatus {
  stage: string;
  kind: Stage['kind'];
  question: string;
  /** In the order of the candidates. A trial that has not ended has no standing. */
  trials: { name: string; epochs: number | null; standing: TrialStanding | null; failure: string | null }[];
  /** Why the stage as a whole needs attention. */
  failure: string | null;
}

export interface TrialInput {
  studyId: string;
  stage: string;
  name: string;
  spec: TrialSpec;
  /** Train it again if the store has its result, as a further repetition. */
  retrain?: true;
}

/** How a trial ended. */
export interface TrialEnd
  extends Pick<
    TrialStanding,
    'status' | 'trialKey' | 'outcome' | 'score' | 'bestEpoch' | 'reused' | 'retrained'
  > {
  /** Settings that a person changed when retrying this trial; null if none. */
  override: Overrides | null;
}

/** What a trial's page and `run` show of it. */
export interface TrialStatus {
  name: string;
  /** As it is trained, including what a person has changed. */
  spec: TrialSpec;
  state: 'queued' | 'training' | 'needsAttention' | 'done';
  lastLine: EpochLine | null;
  /** The best epoch's line so far. */
  bestLine: EpochLine | null;
  /** Why the trial needs attention. */
  failure: string | null;
  end: TrialEnd | null;
}
