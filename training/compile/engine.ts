import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { LabelledImages } from '../data/labelled-images.ts';
import type { NetworkFunction } from '../networks/network-function.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';

/** A network with its weights and images, on the device. */
export interface Engine {
  /** Sets parameters and buffers. */
  setWeights(weights: NamedTensors): void;
  weights(): NamedTensors;
  /**
   * Begins to read a batch that is evaluated or trained on soon, if the images are in a file. Resolves when it has been read.
   * A batch for which nobody has asked is read when it is used.
   */
  fetch(batch: EngineBatch): Promise<void>;
  /** Evaluates a batch, without dropout and with batch normalisation by the running averages. */
  evaluate(batch: EngineBatch): EvaluatedBatch;
  /** Frees everything. */
  dispose(): void;
}

/** A network that evaluates in training mode: with dropout, and with batch normalisation by the batch's own values. */
export interface TrainingModeEngine extends Pick<Engine, 'setWeights' | 'fetch' | 'dispose'> {
  /** Neither uses nor changes the running averages. @param dropoutSeed like a step's. */
  evaluate(batch: EngineBatch, dropoutSeed: StepSettings['dropoutSeed']): EvaluatedBatch;
}

/** An engine that trains its network. */
export interface TrainingEngine extends Engine {
  /** Sets the optimizer's tensors: `PARAMETER.SLOT`. */
  setSlots(slots: NamedTensors): void;
  slots(): NamedTensors;
  /** Runs one step, and adds its losses and correctly classified images to the sums. */
  train(batch: EngineBatch, settings: StepSettings): void;
  /** The sums since `clearSums`. Waits for the device. */
  sums(): MetricSums;
  clearSums(): void;
  /** Sets the sums to what `sums` gave earlier, bit for bit. */
  setSums(sums: MetricSums): void;
}

/** float32. */
export interface MetricSums {
  /** Of the images' losses, nats. */
  loss: number;
  /** Number of images classified correctly. */
  correct: number;
}

/** A batch of the engine's images. */
export interface EngineBatch {
  indices: Int32Array;
  /** 1 for each image that is mirrored. Requires an engine with `mirrored`. */
  flips: Uint8Array | undefined;
  /** [images, draws]: what the augmentations drew for each image. A step of an engine with augmentations needs them. */
  draws?: Float32Array;
}

export interface StepSettings {
  learningRate: number;
  /** Of the trial, from 1. */
  step: number;
  /** int32: the trial, the step. */
  dropoutSeed: [number, number];
}

export interface EvaluatedBatch {
  /** Of each class, images × classes. */
  probabilities: Float32Array;
  /** Of each image, nats. */
  losses: Float32Array;
}

export interface EngineRequest {
  network: NetworkFunction;
  images: LabelledImages;
  /** Whether any batch has mirrored images. */
  mirrored: boolean;
}

/** A network that is trained, and how each of its steps is made. */
export interface TrainingRequest extends EngineRequest, StepConfig {}

export type StepConfig = Pick<TrainingConfig, 'optimizer' | 'labelSmoothing' | 'clipNorm' | 'augmentations'>;

/** Creates an engine that trains. Its weights and slots are undefined until they are set. */
export type CreateTrainingEngine = (request: TrainingRequest) => TrainingEngine;
