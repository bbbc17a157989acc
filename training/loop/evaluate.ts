import type { InputForm } from '../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { randomStream } from '../../study/trial/random-stream.ts';
import { checkTensors } from '../checkpoint/checkpoint.ts';
import { createEvaluationEngine, createTrainingModeEngine } from '../compile/compiled-engine.ts';
import type { Engine, EngineBatch, EvaluatedBatch } from '../compile/engine.ts';
import type { LabelledImages, Labels } from '../data/labelled-images.ts';
import { usedImages } from '../data/used-images.ts';
import { createNetwork, weightsOf } from '../networks/network.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import { createPauses, type Pauses } from './event-loop.ts';

/** Images per step. It affects speed only, so it is independent of the configuration's batch size. */
export const EVALUATION_BATCH_SIZE = 256;

/** A network's results on some images, without dropout and with batch normalisation by the running averages. */
export interface Evaluation {
  /** Mean over the images, nats. */
  loss: number;
  /** Percent of the images whose most likely class is correct. */
  accuracy: number;
  /** Of each class, images × classes, in the order of the indices. */
  probabilities: Float32Array;
  /** `confusion[actual][predicted]`: number of images. */
  confusion: number[][];
  /**
   * A bit for each image, in the order of the indices: 1 if its most likely class is correct. The first image has the highest
   * bit of the first byte, as in numpy's `packbits`.
   */
  hits: Uint8Array;
}

export interface EvaluationOptions {
  /** 1 for each position of the indices whose image is mirrored; absent if none is. */
  flips?: Uint8Array | undefined;
  /** Called several times a second. */
  onAlive?(): void;
  /** Aborts the evaluation, which then throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Evaluates trained weights on the images at the given indices.
 *
 * @param input the images' form.
 * @throws {CheckpointMismatchError} if the weights belong to another network.
 * @throws {RangeError} if there are no indices.
 */
export async function evaluate(
  config: TrainingConfig,
  input: InputForm,
  weights: NamedTensors,
  images: LabelledImages,
  indices: Int32Array,
  { flips, signal, onAlive }: EvaluationOptions = {},
): Promise<Evaluation> {
  const network = createNetwork(config, input);
  checkTensors('weights', weights, weightsOf(network));
  const pauses = createPauses(signal, onAlive);
  const used = usedImages(images, [indices]);
  const engine = createEvaluationEngine({ network, images: used.images, mirrored: flips !== undefined });
  try {
    engine.setWeights(weights);
    return await evaluateWith(
      engine,
      input.classes,
      used.images.labels,
      used.indices[0] as Int32Array,
      flips,
      pauses,
    );
  } finally {
    engine.dispose();
  }
}

/** Evaluates an engine's weights on its images at the given indices. @param labels of all its images. */
export function evaluateWith(
  engine: Engine,
  classes: number,
  labels: Labels,
  indices: Int32Array,
  flips: Uint8Array | undefined,
  pauses: Pauses,
): Promise<Evaluation> {
  return evaluateBatches(engine, EVALUATION_BATCH_SIZE, classes, labels, indices, flips, pauses);
}

/**
 * Accuracy, percent, of a network in training mode: dropout is active, and batch normalisation uses each batch's own
 * values. The original report's loop validated in this mode, because it never switched to evaluation mode.
 *
 * The batches have the configuration's size, in the order of the indices. Dropout depends on seed and epoch only.
 *
 * @param epoch the weights' epoch.
 * @returns undefined for a network with neither dropout nor batch normalisation: both modes give the same.
 * @throws {RangeError} if there are no indices.
 */
export async function accuracyInTrainingMode(
  config: TrainingConfig,
  input: InputForm,
  weights: NamedTensors,
  { images, indices, flips }: { images: LabelledImages; indices: Int32Array; flips: Uint8Array | undefined },
  { seed, epoch }: { seed: number; epoch: number },
  pauses: Pauses,
): Promise<number | undefined> {
  const network = createNetwork(config, input);
  if (config.dropout === 0 && network.buffers.length === 0) return undefined;
  const used = usedImages(images, [indices]);
  const { labels } = used.images;
  const engine = createTrainingModeEngine({ network, images: used.images, mirrored: flips !== undefined });
  const random = randomStream('dropout', 'validation', seed, epoch);
  const evaluator: Evaluator = {
    fetch: (batch) => engine.fetch(batch),
    evaluate: (batch) => engine.evaluate(batch, [random.next(), random.next()]),
  };
  try {
    engine.setWeights(weights);
    const [own] = used.indices as [Int32Array];
    const { batchSize } = config;
    return (await evaluateBatches(evaluator, batchSize, input.classes, labels, own, flips, pauses)).accuracy;
  } finally {
    engine.dispose();
  }
}

// --- helpers ---

interface Evaluator {
  fetch(batch: EngineBatch): Promise<void>;
  evaluate(batch: EngineBatch): EvaluatedBatch;
}

async function evaluateBatches(
  engine: Evaluator,
  batchSize: number,
  classes: number,
  labels: Labels,
  indices: Int32Array,
  flips: Uint8Array | undefined,
  pauses: Pauses,
): Promise<Evaluation> {
  if (indices.length === 0) throw new RangeError('expected at least one image to evaluate on, got none');
  const probabilities = new Float32Array(indices.length * classes);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const hits = new Uint8Array(Math.ceil(indices.length / 8));
  let lossSum = 0;
  let correct = 0;
  const batchAt = (start: number): EngineBatch => ({
    indices: indices.subarray(start, start + batchSize),
    flips: flips?.subarray(start, start + batchSize),
  });
  let next = batchAt(0);
  for (let start = 0; start < indices.length; start += batchSize) {
    await pauses.take();
    const batch = next;
    await engine.fetch(batch);
    next = batchAt(start + batchSize);
    // An error shows when the batch's turn has come.
    if (start + batchSize < indices.length) engine.fetch(next).catch(() => {});
    const { probabilities: rows, losses } = engine.evaluate(batch);
    probabilities.set(rows, start * classes);
    for (const [position, image] of batch.indices.entries()) {
      const predicted = likeliest(rows.subarray(position * classes, (position + 1) * classes));
      const label = labels[image] as number;
      lossSum += losses[position] as number;
      if (predicted === label) {
        correct++;
        setBit(hits, start + position);
      }
      const row = confusion[label] as number[];
      row[predicted] = (row[predicted] as number) + 1;
    }
  }
  return {
    loss: lossSum / indices.length,
    accuracy: (100 * correct) / indices.length,
    probabilities,
    confusion,
    hits,
  };
}

function setBit(bits: Uint8Array, index: number): void {
  const byte = index >> 3;
  bits[byte] = (bits[byte] as number) | (0x80 >> (index & 7));
}

/** Index of the largest value; the first one if several are equal. */
function likeliest(row: Float32Array): number {
  return row.reduce((best, value, index) => (value > (row[best] as number) ? index : best), 0);
}
