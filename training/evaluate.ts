import { CLASSES } from '../study/network-shapes.ts';
import type { TrainingConfig } from '../study/training-config.ts';
import { type DeviceImages, type LabelledImages, takeBatch, uploadImages } from './batches.ts';
import { checkTensors } from './checkpoint/checkpoint.ts';
import { createPauses, type Pauses } from './event-loop.ts';
import { crossEntropy } from './loss.ts';
import { type NamedTensors, toDevice } from './named-tensors.ts';
import { createNetwork, type NetworkFunction, weightsOf } from './networks/network.ts';
import { type DeviceTensors, tf } from './tensorflow.ts';

/** Images a step: a matter of speed only, so it does not follow the configuration's batch size. */
export const EVALUATION_BATCH_SIZE = 256;

/** How a network did on some images, without dropout and with batch normalisation by its running averages. */
export interface Evaluation {
  /** Mean over the images, nats. */
  loss: number;
  /** Percent of the images whose likeliest class is theirs. */
  accuracy: number;
  /** Of each class, images × 10, row by row in the order of the indices. */
  probabilities: Float32Array;
  /** `confusion[actual][predicted]`: images. */
  confusion: number[][];
}

/** How an evaluation is watched and stopped. */
export interface EvaluationWatch {
  /** Called several times a second. */
  onAlive?(): void;
  /** Aborts it: its reason is thrown. */
  signal?: AbortSignal;
}

/**
 * Evaluates trained weights on the images at the given indices.
 *
 * @throws CheckpointMismatchError for weights of another network; RangeError where there is no index.
 */
export async function evaluate(
  config: TrainingConfig,
  weights: NamedTensors,
  images: LabelledImages,
  indices: Int32Array,
  { signal, onAlive }: EvaluationWatch = {},
): Promise<Evaluation> {
  const network = createNetwork(config);
  checkTensors('weights', weights, weightsOf(network));
  const device = tf.tidy(() => ({ weights: toDevice(weights), images: uploadImages(images) }));
  const pauses = createPauses(signal, onAlive);
  try {
    return await evaluateOnDevice(network, device.weights, device.images, indices, undefined, pauses);
  } finally {
    tf.dispose(device);
  }
}

/** The same with weights and images that are on the device already. */
export async function evaluateOnDevice(
  network: NetworkFunction,
  weights: DeviceTensors,
  images: DeviceImages,
  indices: Int32Array,
  flips: Uint8Array | undefined,
  pauses: Pauses,
): Promise<Evaluation> {
  if (indices.length === 0) throw new RangeError('expected at least one image to evaluate on, got none');
  const probabilities = new Float32Array(indices.length * CLASSES);
  const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  let lossSum = 0;
  let correct = 0;
  for (let start = 0; start < indices.length; start += EVALUATION_BATCH_SIZE) {
    await pauses.take();
    const end = start + EVALUATION_BATCH_SIZE;
    const results = tf.tidy(() => {
      const { x, labels } = takeBatch(images, indices.subarray(start, end), flips?.subarray(start, end));
      const { logits } = network.forward(weights, x, { training: false });
      return { rows: tf.softmax(logits), losses: crossEntropy(logits, labels), labels };
    });
    const rows = results.rows.dataSync<'float32'>();
    const losses = results.losses.dataSync();
    const labels = results.labels.dataSync();
    tf.dispose(results);
    probabilities.set(rows, start * CLASSES);
    for (const [index, label] of labels.entries()) {
      const predicted = likeliest(rows.subarray(index * CLASSES, (index + 1) * CLASSES));
      lossSum += losses[index] as number;
      if (predicted === label) correct++;
      const row = confusion[label] as number[];
      row[predicted] = (row[predicted] as number) + 1;
    }
  }
  return {
    loss: lossSum / indices.length,
    accuracy: (100 * correct) / indices.length,
    probabilities,
    confusion,
  };
}

// --- helpers ---

/** The first of the largest. */
function likeliest(row: Float32Array): number {
  return row.reduce((best, value, index) => (value > (row[best] as number) ? index : best), 0);
}
