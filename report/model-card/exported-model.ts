import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';

/** A trained trial, exported. */
export interface ExportedModel {
  record: StudyRecord;
  /** The trial's stage. */
  stage: StageRecord;
  trial: TrialRecord;
  spec: TrialSpec;
  /** What its images were normalised with. Absent: bytes became values from −1 to 1. */
  normalisation?: { mean: number[]; deviation: number[] };
  /** By label. */
  classes: string[];
  /** All files but the card. */
  files: { path: string; what: string; sizeBytes: number; sha256: string }[];
  /** This program's. */
  version: string;
}
