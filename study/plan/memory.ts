import { CIFAR10_INPUT, type InputForm, imageShape, sameInput, valuesOf } from '../definition/input-form.ts';
import { type LayerShape, networkShapes, sizeOf } from '../definition/network-shapes.ts';
import type { Optimizer, TrainingConfig } from '../definition/training-config.ts';
import { slotNames } from '../settings/optimizers.ts';

/**
 * The largest resident memory of a trainer while it trains a configuration on a CPU, bytes. docs/measurements.md compares
 * it with measurements; `bench/programs/trainer-memory.ts` makes them.
 *
 * @param images training and validation images together.
 * @param input their form.
 * @param isReadAhead whether the images stay in their file, and batches are read ahead.
 * @throws {NetworkShapeError} if no image fits through the network.
 */
export function trialMemoryBytes(
  config: TrainingConfig,
  images: number,
  input: InputForm,
  isReadAhead = false,
): number {
  const { layers, parameters } = networkShapes(config.network, input);
  return Math.round(
    MARGIN *
      (PROCESS_BYTES +
        (isReadAhead ? batchesBytes(config, input) : heldBytes(config, images, input)) +
        parameters * FLOAT_BYTES * parameterCopies(config.optimizer) +
        activationBytes(layers, config, input)),
  );
}

/**
 * Whether the images of a trial stay in their file, and each batch is read when its turn comes: if the machine's memory doesn't
 * hold the trial otherwise. The result is the same.
 *
 * @param machineBytes what the machine has for trials.
 * @throws {NetworkShapeError} if no image fits through the network.
 */
export function readsAhead(
  config: TrainingConfig,
  images: number,
  input: InputForm,
  machineBytes: number,
): boolean {
  return trialMemoryBytes(config, images, input) > machineBytes;
}

// --- helpers ---

function heldBytes({ horizontalFlip }: TrainingConfig, images: number, input: InputForm): number {
  const copies = horizontalFlip > 0 ? 2 : 1;
  return (imagesRead(images, input) + images * copies) * exampleBytes(input);
}

/** One batch that is used and one that is read, as bytes and as floats. */
function batchesBytes({ batchSize }: TrainingConfig, input: InputForm): number {
  return (
    Math.max(batchSize, EVALUATION_BATCH) * (2 * exampleBytes(input) + 2 * FLOAT_BYTES * valuesOf(input))
  );
}

const FLOAT_BYTES = 4;
/** Node, TensorFlow and this program. */
const PROCESS_BYTES = 490e6;
/** For what differs from run to run, such as the allocator's gaps. */
const MARGIN = 1.1;
/** All training images of CIFAR-10 are read, whichever of them are used, and held twice while they are. */
const CIFAR10_IMAGES = 50_000;
/** Of an evaluation, whatever the configuration says. */
const EVALUATION_BATCH = 256;
/** Measured: 1.6 to 3. */
const EVALUATION_COPIES = 2.5;

/** Bytes of an example as trainers hold it: a byte for each value of an image, a float32 for each of a table. */
function exampleBytes(input: InputForm): number {
  return valuesOf(input) * (imageShape(input) ? 1 : FLOAT_BYTES);
}

function imagesRead(images: number, input: InputForm): number {
  return sameInput(input, CIFAR10_INPUT) ? 2 * Math.max(images, CIFAR10_IMAGES) : images;
}

/**
 * How often a trainer holds its parameters: in TensorFlow as weights and gradients, as the state that it starts with, as a
 * checkpoint, as that checkpoint's files, and as the best weights so far. The optimizer's slots are in all but the gradients
 * and the last.
 */
function parameterCopies(optimizer: Optimizer): number {
  return 6 + 4 * slotNames(optimizer).length;
}

/**
 * A step keeps what its layers put out for the backward pass, which makes as much again. An evaluation has its images as floats,
 * and around its largest layer some copies of what that puts out: before and after batch normalisation, ReLU and the pool.
 */
function activationBytes(
  layers: readonly LayerShape[],
  { batchSize }: TrainingConfig,
  input: InputForm,
): number {
  const outputs = layers.map(
    ({ output, beforePool }) => (sizeOf(output) + (beforePool ? sizeOf(beforePool) : 0)) * FLOAT_BYTES,
  );
  const all = outputs.reduce((sum, each) => sum + each, 0);
  const evaluated =
    valuesOf(input) * FLOAT_BYTES + EVALUATION_COPIES * Math.max(...layers.map(largestOutput));
  return Math.max(2 * batchSize * all, EVALUATION_BATCH * evaluated);
}

function largestOutput({ output, beforePool }: LayerShape): number {
  return sizeOf(beforePool ?? output) * FLOAT_BYTES;
}
