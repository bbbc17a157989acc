import type { Optimizer } from '../study/definition/training-config.ts';
import type { LabelledImages } from './batches.ts';
import type { NetworkFunction } from './networks/network.ts';
import type { NamedTensors } from './tensorflow/named-tensors.ts';

/** A network with its weights and images, on the device. */
export interface Engine {
  /** Takes over weights: parameters and buffers. */
  setWeights(weights: NamedTensors): void;
  weights(): NamedTensors;
  /** Evaluates a batch, without dropout and with batch normalisation by its running averages. */
  evaluate(batch: EngineBatch): EvaluatedBatch;
  /** Frees everything. */
  dispose(): void;
}

/** A network that evaluates as it is in training: with dropout, and with batch normalisation by the batch's own values. */
export interface TrainingModeEngine extends Pick<Engine, 'setWeights' | 'dispose'> {
  /** @param dropoutSeed as that of a step. Running averages are neither used nor changed. */
  evaluate(batch: EngineBatch, dropoutSeed: StepSettings['dropoutSeed']): EvaluatedBatch;
}

/** An engine that trains its network. */
export interface TrainingEngine extends Engine {
  /** Takes over the optimizer's tensors: `PARAMETER.SLOT`. */
  setSlots(slots: NamedTensors): void;
  slots(): NamedTensors;
  /** One step; its losses and hits are added to the sums. */
  train(batch: EngineBatch, settings: StepSettings): void;
  /** Of the steps since the sums were last cleared. Waits for the device. */
  sums(): { loss: number; correct: number };
  clearSums(): void;
}

/** A batch of the engine's images. */
export interface EngineBatch {
  indices: Int32Array;
  /** 1 for each that is mirrored. Only where the engine was told that some are. */
  flips: Uint8Array | undefined;
}

export interface StepSettings {
  learningRate: number;
  /** int32: the trial, the step. */
  dropoutSeed: [number, number];
}

export interface EvaluatedBatch {
  /** Of each class, images × 10. */
  probabilities: Float32Array;
  /** Of each image, nats. */
  losses: Float32Array;
}

export interface EngineRequest {
  network: NetworkFunction;
  images: LabelledImages;
  /** Whether any batch is mirrored. */
  mirrored: boolean;
}

export interface TrainingRequest extends EngineRequest {
  optimizer: Optimizer;
}

/** What makes an engine that trains. Its weights and slots are undefined until they are set. */
export type CreateTrainingEngine = (request: TrainingRequest) => TrainingEngine;
