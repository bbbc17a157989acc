/** Names that clients, workflows and workers agree on. */

/** Workflows and short activities. */
export const CONTROL_QUEUE = 'staged-study';
/** Training: served by one worker slot a GPU, or a share of the CPU. */
export const TRAINING_QUEUE = 'staged-study-training';

/** Search attributes by which the Temporal UI and CLI find studies, stages and trials. */
export const SEARCH_ATTRIBUTES = {
  StudyId: 'KEYWORD',
  /** Hash of all that a study was started with: equal for the same command given again. */
  StudyDefinition: 'KEYWORD',
  StageName: 'KEYWORD',
  TrialName: 'KEYWORD',
  TrialStatus: 'KEYWORD',
  /** Percent. */
  BestValAccuracy: 'DOUBLE',
  NeedsAttention: 'BOOL',
} as const;

export const QUERIES = {
  studyStatus: 'studyStatus',
  stageStatus: 'stageStatus',
  trialStatus: 'trialStatus',
} as const;
export const SIGNALS = {
  trainingStarted: 'trainingStarted',
  epochEnded: 'epochEnded',
  attention: 'attention',
} as const;
export const UPDATES = {
  retryTrial: 'retryTrial',
  skipTrial: 'skipTrial',
  /** To a stage none of whose trials has a score. */
  retryStage: 'retryStage',
  /** To a study whose final test failed. */
  retryTest: 'retryTest',
} as const;

/** Workflow ids: `STUDY`, `STUDY/dense`, `STUDY/dense/MLP`. */
export function stageWorkflowId(studyId: string, stage: string): string {
  return `${studyId}/${stage}`;
}

export function trialWorkflowId(studyId: string, stage: string, trial: string): string {
  return `${studyId}/${stage}/${trial}`;
}
