import type { StageView, StudyView } from '../../client/observe/observe-study.ts';
import type { FailedAttempt } from '../../client/observe/pending-activity.ts';
import type { TrialView } from '../../client/observe/view-trial.ts';
import type { TrainedEpochs } from '../../study/definition/training-config.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import type { EpochLine } from '../../study/trial/trial.ts';

export const line: EpochLine = {
  epoch: 1,
  train_loss: 2.1,
  train_accuracy: 22,
  val_loss: 2.05,
  val_accuracy: 25.5,
  learning_rate: 0.02,
  seconds: 12.34,
};

export function queued(name: string): TrialView {
  return {
    name,
    id: `mine/dense/${name}`,
    state: 'queued',
    epochs: 3,
    images: 1600,
    progress: undefined,
    lastLine: null,
    standing: null,
    drawn: null,
    failure: null,
    failedAttempt: null,
  };
}

/** In the second of three epochs. */
export function training(name: string): TrialView {
  const progress = {
    epoch: 2,
    epochs: 3,
    step: 40,
    stepsPerEpoch: 50,
    loss: 1.23456,
    accuracy: 30,
    imagesPerSecond: 1234.5,
    secondsLeft: 200,
  };
  return { ...queued(name), state: 'training', progress, lastLine: line };
}

/** @param nextAt when the next attempt starts; null if it is running. */
export function failedAttempt(nextAt: string | null): FailedAttempt {
  const failure =
    'the trainer was killed by SIGKILL; the next attempt resumes from the newest checkpoint. The end of its output: (nothing)';
  return { attempt: 1, failure, nextAt, isNextUnderWay: nextAt === null };
}

/** Its study was cancelled during the second of three epochs. */
export function cancelled(name: string): TrialView {
  return { ...training(name), state: 'cancelled', progress: undefined };
}

/** Drawn by a search. */
export function drawn(trial: TrialView): TrialView {
  const epochs = 20 as TrainedEpochs;
  return { ...trial, drawn: { learningRate: 0.0031622776601683794, batchSize: 64, epochs } };
}

export function parked(name: string): TrialView {
  return { ...queued(name), state: 'needsAttention', failure: 'the GPU is gone' };
}

/** @param score null if it diverged. */
export function ended(name: string, score: number | null, reused = false): TrialView {
  const standing: TrialStanding = {
    name,
    trialKey: 'a'.repeat(64),
    status: 'trained',
    reused,
    takenOver: false,
    of: null,
    suggestion: null,
    override: null,
    message: null,
    outcome: score === null ? 'diverged' : 'completed',
    score,
    bestEpoch: score === null ? null : 2,
  };
  return { ...queued(name), state: 'done', standing };
}

export function stageView(trials: TrialView[], change: Partial<StageView> = {}): StageView {
  return {
    name: 'dense',
    kind: 'compare',
    question: 'How far?',
    state: 'running',
    early: false,
    start: null,
    evaluations: null,
    winner: null,
    verdict: null,
    trials,
    ...change,
  };
}

export function viewOf(stages: StageView[], change: Partial<StudyView> = {}): StudyView {
  return {
    studyId: 'mine',
    title: 'My study',
    profile: 'demo',
    workflowStatus: 'RUNNING',
    dataset: {
      sha256: 'd'.repeat(64),
      trainImages: 2000,
      testImages: 500,
      origin: { kind: 'official', archiveSha256: 'c'.repeat(64), source: 'cifar' },
    },
    images: { training: 2000, test: 500 },
    datasetProgress: null,
    failure: null,
    failedAttempt: null,
    weights: null,
    stages,
    attention: [],
    isPaused: false,
    test: null,
    ...change,
  };
}
