import type { InputForm } from '../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { balancedAccuracy, macroF1, tallyOf } from '../../study/statistics/class-figures.ts';
import type { OtherMeasure } from '../../study/trial/measure.ts';
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
  /** In the measure that was asked for: percent, or nats for `loss`. */
  score: number;
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
  /** The measure of the score. Absent: accuracy. */
  measure?: OtherMeasure | undefined;
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
  { flips, signal, onAlive, measure }: EvaluationOptions = {},
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
      measure,
    );
  } finally {
    engine.dispose();
  }
}

/**
 * Evaluates an engine's weights on its images at the given indices.
 *
 * @param labels of all its images.
 * @param measure of the score; undefined for accuracy.
 */
export function evaluateWith(
  engine: Engine,
  classes: number,
  labels: Labels,
  indices: Int32Array,
  flips: Uint8Array | undefined,
  pauses: Pauses,
  measure?: OtherMeasure,
): Promise<Evaluation> {
  const evaluated = { classes, labels, indices, flips, measure };
  return evaluateBatches(engine, EVALUATION_BATCH_SIZE, evaluated, pauses);
}

/**
 * Score of a network in training mode: dropout is active, and batch normalisation uses each batch's own
 * values. The original report's loop validated in this mode, because it never switched to evaluation mode.
 *
 * The batches have the configuration's size, in the order of the indices. Dropout depends on seed and epoch only.
 *
 * @param epoch the weights' epoch.
 * @param measure of the score; undefined for accuracy.
 * @returns undefined for a network with neither dropout nor batch normalisation: both modes give the same.
 * @throws {RangeError} if there are no indices.
 */
export async function scoreInTrainingMode(
  config: TrainingConfig,
  input: InputForm,
  weights: NamedTensors,
  { images, indices, flips }: { images: LabelledImages; indices: Int32Array; flips: Uint8Array | undefined },
  { seed, epoch }: { seed: number; epoch: number },
  pauses: Pauses,
  measure?: OtherMeasure,
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
    const evaluated = { classes: input.classes, labels, indices: own, flips, measure };
    return (await evaluateBatches(evaluator, config.batchSize, evaluated, pauses)).score;
  } finally {
    engine.dispose();
  }
}

// --- helpers ---

interface Evaluator {
  fetch(batch: EngineBatch): Promise<void>;
  evaluate(batch: EngineBatch): EvaluatedBatch;
}

interface Evaluated {
  classes: number;
  /** Of all images of the engine. */
  labels: Labels;
  indices: Int32Array;
  flips: Uint8Array | undefined;
  measure: OtherMeasure | undefined;
}

async function evaluateBatches(
  engine: Evaluator,
  batchSize: number,
  { classes, labels, indices, flips, measure }: Evaluated,
  pauses: Pauses,
): Promise<Evaluation> {
  if (indices.length === 0) throw new RangeError('expected at least one image to evaluate on, got none');
  const probabilities = new Float32Array(indices.length * classes);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const hits = new Uint8Array(Math.ceil(indices.length / 8));
  let lossSum = 0;
  let correct = 0;
  let amongFive = 0;
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
      const ofImage = rows.subarray(position * classes, (position + 1) * classes);
      const predicted = likeliest(ofImage);
      const label = labels[image] as number;
      lossSum += losses[position] as number;
      if (predicted === label) {
        correct++;
        setBit(hits, start + position);
      }
      if (measure === 'top-5' && placeOf(label, ofImage) < 5) amongFive++;
      const row = confusion[label] as number[];
      row[predicted] = (row[predicted] as number) + 1;
    }
  }
  const loss = lossSum / indices.length;
  const accuracy = (100 * correct) / indices.length;
  const scores: Record<OtherMeasure, () => number> = {
    'balanced accuracy': () => balancedAccuracy(tallyOf(confusion)),
    'macro F1': () => macroF1(tallyOf(confusion)),
    'top-5': () => (100 * amongFive) / indices.length,
    loss: () => loss,
  };
  return {
    loss,
    accuracy,
    score: measure ? scores[measure]() : accuracy,
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

/** How many classes are likelier than one, and as likely with a lower label, as `likeliest` prefers the first. */
function placeOf(label: number, row: Float32Array): number {
  const own = row[label] as number;
  let place = 0;
  for (let other = 0; other < row.length; other++) {
    const value = row[other] as number;
    if (value > own || (value === own && other < label)) place++;
  }
  return place;
}
