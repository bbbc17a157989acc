import type { Network, TrainingConfig } from '../study/definition/training-config.ts';
import type { StepCost } from '../study/plan/estimate.ts';
import type { EpochLine, Outcome, TrialSpec } from '../study/trial/trial.ts';

/** What a worker asks of a trainer: one job for each process. */
export type TrainerJob =
  | {
      kind: 'train';
      spec: TrialSpec;
      /** Which activity the result is for: told apart in it from a later study that takes it over. */
      holder: string;
      /** The lease this attempt holds; the trainer writes nothing once a higher term has been taken. */
      term: number;
    }
  | {
      kind: 'evaluateTest';
      /** The study whose final test it is. */
      studyId: string;
      /** The trial whose best weights are tested. */
      trialKey: string;
      /** Test images used: a stratified subset, or all there are. */
      testImages: number;
    }
  | {
      /** How long a training step of each takes here. Needs no store. */
      kind: 'measure';
      configs: TrainingConfig[];
    }
  | {
      /** Whether a file of weights can be read and fits networks. Needs no store, and no TensorFlow. */
      kind: 'checkWeights';
      file: string;
      networks: Network[];
    }
  | {
      /** What the best weights of a trial make of images. Stores nothing. */
      kind: 'predict';
      trialKey: string;
      images: ImageFile[];
      /** Also evaluate them on the trial's validation images. */
      validation: boolean;
      /** TensorFlow's, of each kind: those the trial was trained with, since results depend on them. */
      threads: number;
    }
  | {
      /** Write the best weights of a trial as files that others can load. Stores nothing. */
      kind: 'exportModel';
      trialKey: string;
      /** An absolute path; the folder is there. */
      folder: string;
    };

/** An image file, and what its header says. */
export interface ImageFile {
  /** Absolute path. */
  path: string;
  format: 'png' | 'jpeg';
  /** Pixels. */
  width: number;
  height: number;
  /** Whether pixels can be transparent. */
  transparent: boolean;
  /** As EXIF tells it, 1 to 8; 1 is upright. */
  orientation: number;
}

/** The probability of each class, by label; or why the image can't be read. */
export type ImagePrediction = { probabilities: number[] } | { problem: string };

/** Sent to a trainer while it works. It ends without a further checkpoint, with the report `stopped`. */
export type TrainerCommand = { kind: 'stop' };

/** Where a training run stands within its epoch. */
export interface TrainingProgress {
  /** The epoch under way, from 1. */
  epoch: number;
  epochs: number;
  /** Steps done in this epoch. */
  step: number;
  stepsPerEpoch: number;
  /** Mean over the images of this epoch so far, nats an image. */
  loss: number;
  /** Percent, over the images of this epoch so far. */
  accuracy: number;
  imagesPerSecond: number;
  /** Estimated until the last epoch's end. */
  secondsLeft: number;
}

/** How weights do on a trial's validation images. */
export interface ValidationScore {
  images: number;
  /** Percent. */
  accuracy: number;
  /** Nats an image. */
  loss: number;
}

/** How a trainer failed. The kind decides whether and how soon the activity is tried again. */
export type TrainerFailureKind =
  | 'BadConfiguration'
  | 'DamagedData'
  | 'StoreUnavailable'
  | 'DeviceUnavailable'
  | 'LeaseLost'
  | 'TrainerFailed';

export type TrainerReport =
  /** A sign of life while no step is done: loading, evaluating, storing. */
  | { kind: 'alive'; doing: string }
  | { kind: 'progress'; progress: TrainingProgress }
  /** An epoch has ended and its checkpoint is stored. */
  | { kind: 'epoch'; line: EpochLine; epochs: number }
  /** The result is stored. */
  | { kind: 'trained'; outcome: Outcome }
  /** The test's result is stored with the study. */
  | { kind: 'tested' }
  /** In the order of the job's configurations. */
  | { kind: 'measured'; costs: StepCost[] }
  /** What the weights become in each network, for people. */
  | { kind: 'checkedWeights'; fits: string[] }
  /** In the order of the job's images. `validation`: null unless asked for. */
  | { kind: 'predicted'; images: ImagePrediction[]; validation: ValidationScore | null }
  /** The files are in the folder. */
  | { kind: 'exported' }
  | { kind: 'stopped' }
  | { kind: 'failed'; failure: TrainerFailureKind; message: string };
