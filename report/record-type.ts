import type { DatasetSummary } from '../study/record.ts';
import type { Profile } from '../study/study-schema.ts';
import type { Settings, TrainingConfig } from '../study/training-config.ts';
import type { EpochLine, Outcome } from '../study/trial.ts';

/** One run as it stands in a stage. */
export interface TrialRecord {
  name: string;
  trialKey: string | null;
  status: 'trained' | 'skipped';
  outcome: Outcome | null;
  /** Why, where the outcome isn't `completed`. */
  message: string | null;
  /** Validation accuracy of the best epoch, percent. */
  score: number | null;
  bestEpoch: number | null;
  /** The result was in the store already. */
  reused: boolean;
  /** The run of the winner that the stage starts from, ranked beside the stage's own. */
  takenOver: boolean;
  /** Settings changed by hand when it was retried. */
  override: object | null;
  /** Of a variant or a repeat: the name of the ordinary run that it stands beside. */
  of: string | null;
  config: TrainingConfig | null;
  seed: number | null;
  repetition: number | null;
  parameters: number | null;
  attempts: number | null;
  /** Wall time of all epochs together. */
  trainingSeconds: number | null;
  startedAt: string | null;
  finishedAt: string | null;
  /** Digest of the best epoch's tensors: equal if and only if the weights are equal to the bit. */
  tensorsSha256: string | null;
  lines: EpochLine[];
  environment: Record<string, string> | null;
}

export interface StageRecord {
  name: string;
  kind: 'compare' | 'search' | 'variant' | 'repeat';
  question: string;
  /** Name of the winner that the stage started from. */
  start: string | null;
  /** In the order of the candidates, a start that is taken over first. */
  trials: TrialRecord[];
  /** null for variants and repeats, and while nothing is decided. */
  winner: string | null;
}

export interface TestRecord {
  format: 1;
  trialKey: string;
  images: number;
  /** Percent. */
  accuracy: number;
  /** Nats an image. */
  loss: number;
  /** `confusion[actual][predicted]`: images. */
  confusion: number[][];
  predictions: { sha256: string; sizeBytes: number };
  stage: string;
  trial: string;
}

/** What a report needs of a study as it was defined. */
interface ReportedStudy {
  name: string;
  title: string;
  seed: number;
  splitSeed: number;
  validationFraction: number;
  base: Settings;
  stages: { kind: string; name: string; question: string; from?: string | undefined }[];
  profiles: Record<string, Profile>;
}

/** All that came out of a study: what a report is made of. */
export interface StudyRecord {
  format: 1;
  opening: {
    format: 1;
    studyId: string;
    study: ReportedStudy;
    profile: string;
    dataset: DatasetSummary;
    numerics: number;
    startedAt: string;
  };
  finishedAt: string;
  stages: StageRecord[];
  test: TestRecord | null;
}
