import type { StudyData } from '../study/definition/data-schema.ts';
import type { InputForm } from '../study/definition/input-form.ts';
import type { Network, TrainingConfig } from '../study/definition/training-config.ts';
import type { StepCost } from '../study/plan/estimate.ts';
import type { Rung } from '../study/search/stopping/rung.ts';
import type { EpochLine, TrialSpec } from '../study/trial/trial.ts';
import type { FoundData } from '../training/data/inspect/inspect-data.ts';
import type { PreparedData } from '../training/data/prepare/prepare-data.ts';
import type { TrainingProgress } from '../training/loop/progress.ts';
import type { EncodedImage } from '../training/tensorflow/decode-image.ts';

export type { FoundData, TrainingProgress };

/** What each job asks for and what it answers. If its results go to the store or to disk, the answer is undefined. */
export interface Jobs {
  /** Trains a trial, from its newest checkpoint if it has one, and stores its result. At a rung, it may halt instead. */
  train: {
    request: {
      spec: TrialSpec;
      /** The activity that asks; its result names it, so that a study can tell its own trials from reused ones. */
      holder: string;
      /** Whether the images stay on the disk, because memory doesn't hold them. The result is the same. */
      readAhead?: boolean;
      /** Term of the lease that this attempt holds. The trainer stops writing once a higher term is taken. */
      term: number;
      /** In order. Left out: it trains to its end. */
      rungs?: readonly Rung[];
    };
    /** undefined if the trial has its result. */
    answer: HaltedTraining | undefined;
  };
  /** Evaluates a trial's best weights on the test images, and stores the result with the study. */
  evaluateTest: {
    request: {
      studyId: string;
      trialKey: string;
      /** Number of test images: a stratified subset, or all of them. */
      testImages: number;
    };
    answer: undefined;
  };
  /** Classifies images, or rows of tables, with a trial's best weights. Stores nothing. */
  predict: {
    request: {
      trialKey: string;
      images: ImageFile[];
      /** Absolute paths of CSV or `.npz` files. */
      tables: string[];
      /** Whether to evaluate the weights on the trial's validation images too. */
      validation: boolean;
    };
    answer: {
      /** In the order of the request. */
      images: ImagePrediction[];
      /** Of each table, its rows. */
      tables: ImagePrediction[][];
      /** Null unless asked for. */
      validation: ValidationScore | null;
    };
  };
  /** Writes a trial's best weights as files that other programs load. Stores nothing. */
  exportModel: {
    request: {
      trialKey: string;
      /** Absolute path of an existing folder. */
      folder: string;
    };
    answer: undefined;
  };
  /** Measures a training step of each configuration. Needs no store. */
  measure: {
    request: { configs: TrainingConfig[]; input: InputForm };
    /** In the order of the request. */
    answer: StepCost[];
  };
  /** Looks at data, of which nothing is known. Needs neither a store nor TensorFlow. */
  inspectData: {
    request: { path: string };
    answer: FoundData;
  };
  /** Counts the examples of data, if they are what a study says. Needs neither a store nor TensorFlow. */
  countData: {
    request: { path: string; data: StudyData };
    answer: { training: number; test: number };
  };
  /** SHA-256 of data: of a file, or of a folder's files with their paths. Needs neither a store nor TensorFlow. */
  digestData: {
    request: { path: string };
    answer: string;
  };
  /** Prepares data: writes two files of examples. Needs neither a store nor TensorFlow. */
  prepareData: {
    request: {
      path: string;
      /** Names it in messages. */
      where: string;
      data: StudyData;
      /** The answer of `digestData`. Data that differ from it are refused. */
      sourceSha256: string;
      /** Absolute paths, which the asker removes. */
      files: { train: string; test: string };
    };
    answer: PreparedData;
  };
  /** Checks that a weights file can be read and fits each network. Needs neither a store nor TensorFlow. */
  checkWeights: {
    request: { file: string; networks: Network[]; input: InputForm };
    /** A sentence for each network, in the order of the request. */
    answer: string[];
  };
}

export type JobKind = keyof Jobs;
export type Job<Kind extends JobKind> = { kind: Kind } & Jobs[Kind]['request'];
export type AnyJob = { [Kind in JobKind]: Job<Kind> }[JobKind];
export type Answer<Kind extends JobKind> = Jobs[Kind]['answer'];

/** A trial whose training has halted at a rung. The store has its checkpoint, of that epoch or a later one. */
export interface HaltedTraining {
  /** The rung's. */
  epoch: number;
  /** The merit after each epoch so far, of which more is better: see `meritOf`. */
  scores: number[];
}

/** An image file and what its header says. */
export interface ImageFile extends EncodedImage {
  /** Absolute path. */
  path: string;
}

/** The probability of each class, in the order of the labels, or why the image can't be read. */
export type ImagePrediction = { probabilities: number[] } | { problem: string };

/** How well weights do on a trial's validation images. */
export interface ValidationScore {
  images: number;
  /** Percent. */
  accuracy: number;
  /** Mean loss of an image, in nats. */
  loss: number;
}

/**
 * Sent to a trainer: a job, the order to stop one before it is done, or, when it has no job, to exit. The next job comes when the one before has
 * ended, or has only to be stored. `id` names the job in all messages about it, and is used once.
 */
export type TrainerCommand =
  | { kind: 'start'; id: string; job: AnyJob }
  | { kind: 'stop'; id: string }
  | { kind: 'exit' };

/** Sent by a trainer while it works. */
export type TrainerEvent =
  /** A sign of life while it loads, evaluates or stores. */
  | { kind: 'alive' }
  | { kind: 'progress'; progress: TrainingProgress }
  /** How many examples of all have been prepared. */
  | { kind: 'prepared'; done: number; all: number }
  /** An epoch has ended and its checkpoint is stored. */
  | { kind: 'epoch'; line: EpochLine }
  /**
   * Nothing is left to compute, only to store, which another thread does: the trainer can compute the next job
   * meanwhile. The last epochs' events may follow. If storing fails, so does the job.
   */
  | { kind: 'computed' };

/** How a job ended: the last message about it. */
export type TrainerEnd =
  | { kind: 'done'; answer: Answer<JobKind> }
  | { kind: 'stopped' }
  /** `details`, a stack, belong to the job's log. */
  | { kind: 'failed'; failure: FailureKind; message: string; details: string };

export interface TrainerMessage {
  /** The job's. */
  id: string;
  content: TrainerEvent | TrainerEnd;
}

/**
 * What a trainer writes to both of its outputs after a job's last line, because outputs and messages arrive
 * independently of each other.
 */
export function endOfOutput(id: string): string {
  return `\0end of job ${id}\n`;
}

/** Why a trainer failed. The kind decides whether and when the job is tried again. */
export type FailureKind =
  | 'BadConfiguration'
  | 'DamagedData'
  | 'StoreUnavailable'
  | 'DeviceUnavailable'
  /** The device or the machine had no memory left: an error says so, or the kernel has killed the process for it. */
  | 'OutOfMemory'
  | 'LeaseLost'
  /** Any other error. */
  | 'TrainerFailed'
  /** The process ended without an answer. */
  | 'Killed';

/** A trainer that failed. */
export class TrainerError extends Error {
  override name = 'TrainerError';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
