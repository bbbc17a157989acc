import { IMAGE_BYTES, type LayerShape, networkShapes, sizeOf } from '../definition/network-shapes.ts';
import type { Optimizer, TrainingConfig } from '../definition/training-config.ts';
import { slotNames } from '../settings/optimizers.ts';

/**
 * The largest resident memory of a trainer while it trains a configuration on a CPU, bytes. docs/measurements.md compares
 * it with measurements; `bench/programs/trainer-memory.ts` makes them.
 *
 * @param images training and validation images together.
 * @throws {NetworkShapeError} if no image fits through the network.
 */
export function trialMemoryBytes(config: TrainingConfig, images: number): number {
  const { layers, parameters } = networkShapes(config.network);
  const copies = config.horizontalFlip > 0 ? 2 : 1;
  return Math.round(
    MARGIN *
      (PROCESS_BYTES +
        DATASET_BYTES +
        images * copies * IMAGE_BYTES +
        parameters * FLOAT_BYTES * parameterCopies(config.optimizer) +
        activationBytes(layers, config)),
  );
}

// --- helpers ---

const FLOAT_BYTES = 4;
/** Node, TensorFlow and this program. */
const PROCESS_BYTES = 490e6;
/** All training images of the data set, as they are read and without their labels, whichever of them are used. */
const DATASET_BYTES = 2 * 50_000 * IMAGE_BYTES;
/** For what differs from run to run, such as the allocator's gaps. */
const MARGIN = 1.1;
/** Of an evaluation, whatever the configuration says. */
const EVALUATION_BATCH = 256;

/**
 * How often a trainer holds its parameters: in TensorFlow as weights and gradients, as the state that it starts with, as a
 * checkpoint, as that checkpoint's files, and as the best weights so far. The optimizer's slots are in all but the gradients
 * and the last.
 */
function parameterCopies(optimizer: Optimizer): number {
  return 6 + 4 * slotNames(optimizer).length;
}

/** A step keeps what its layers put out for the backward pass, which makes as much again. An evaluation keeps one layer's. */
function activationBytes(layers: readonly LayerShape[], { batchSize }: TrainingConfig): number {
  const outputs = layers.map(
    ({ output, beforePool }) => (sizeOf(output) + (beforePool ? sizeOf(beforePool) : 0)) * FLOAT_BYTES,
  );
  const all = outputs.reduce((sum, each) => sum + each, 0);
  return Math.max(2 * batchSize * all, EVALUATION_BATCH * Math.max(...outputs));
}
