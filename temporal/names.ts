/** Names that clients, workflows and workers share. */

/** Workflows and short activities. */
export const CONTROL_QUEUE = 'staged-study';
/**
 * Training: each slot of a training worker takes one trial at a time. Each version of the numerics has a queue of its own, so
 * that no worker trains a trial with numbers other than its specification's.
 */
export const trainingQueue = (numerics: number): string => `staged-study-training-${numerics}`;

/** Search attributes by which studies, stages and trials are found in the Temporal UI and CLI. */
export const SEARCH_ATTRIBUTES = {
  StudyId: 'KEYWORD',
  /** Hash of everything that a study was started with: the same command gives the same hash. */
  StudyDefinition: 'KEYWORD',
  StageName: 'KEYWORD',
  TrialName: 'KEYWORD',
  TrialStatus: 'KEYWORD',
  /** Percent. */
  BestValAccuracy: 'DOUBLE',
  NeedsAttention: 'BOOL',
  Paused: 'BOOL',
} as const;

export const QUERIES = {
  studyStatus: 'studyStatus',
  /** Asked of a study for one of its stages that have ended: those of all stages may not fit into one answer. */
  stageStandings: 'stageStandings',
  stageStatus: 'stageStatus',
  trialStatus: 'trialStatus',
} as const;
export const SIGNALS = {
  trainingStarted: 'trainingStarted',
  /** Carries every epoch since the last one. */
  epochsEnded: 'epochsEnded',
  attention: 'attention',
  /** Sent by a study to its stages, and by those to their trials. */
  pause: 'pause',
  /** To a stage that was started early: all of its trials are known now. */
  stagePlanned: 'stagePlanned',
  /** From a trial to its stage: its training has halted at a rung. And back: whether it goes on. */
  rungReached: 'rungReached',
  rungDecided: 'rungDecided',
} as const;
export const UPDATES = {
  retryTrial: 'retryTrial',
  skipTrial: 'skipTrial',
  /** To a stage: trains a trial to its end that the search has stopped. */
  continueTrial: 'continueTrial',
  /** For a stage without any score. */
  retryStage: 'retryStage',
  /** For a study whose final test failed. */
  retryTest: 'retryTest',
  pauseStudy: 'pauseStudy',
  resumeStudy: 'resumeStudy',
} as const;

/** Workflow ids: `STUDY`, `STUDY/dense`, `STUDY/dense/MLP`. */
export function stageWorkflowId(studyId: string, stage: string): string {
  return `${studyId}/${stage}`;
}

export function trialWorkflowId(studyId: string, stage: string, trial: string): string {
  return `${studyId}/${stage}/${trial}`;
}
