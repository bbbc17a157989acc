import { randomFillSync } from 'node:crypto';
import { CLASSES, IMAGE_CHANNELS, IMAGE_SIZE } from '../study/network-shapes.ts';
import type { TrainingConfig } from '../study/training-config.ts';
import { type LabelledImages, takeBatch, uploadImages } from './batches.ts';
import { EVALUATION_BATCH_SIZE, evaluateOnDevice } from './evaluate.ts';
import { createPauses } from './event-loop.ts';
import { createNetwork } from './networks/network.ts';
import { createUpdateRule } from './optimizers/optimizer.ts';
import { drawFlips } from './order.ts';
import { startingState } from './state.ts';
import { trainingStep } from './step.ts';
import { tf } from './tensorflow.ts';

/** How long training takes on this device, wall time. */
export interface StepTimes {
  /** One step over a whole batch, its images gathered and mirrored. */
  trainMilliseconds: number;
  evaluationMillisecondsPerImage: number;
}

/**
 * Measures medians over random images, for estimates: of three training steps or more, after two that warm up.
 *
 * @throws NetworkShapeError for a network that can't work; TensorFlow's own error where it has too little memory.
 */
export async function measureStep(config: TrainingConfig): Promise<StepTimes> {
  const network = createNetwork(config);
  const rule = createUpdateRule(config.optimizer);
  const pauses = createPauses();
  const { batchSize } = config;
  const indices = Int32Array.from(
    { length: Math.max(batchSize, EVALUATION_BATCH_SIZE) },
    (_, index) => index,
  );
  const flips = drawFlips(batchSize, config.horizontalFlip, 'training', 0, 1);
  const device = tf.tidy(() => ({
    state: startingState(network, rule, 0),
    images: uploadImages(randomImages(indices.length)),
    // At a rate of 0 the weights stay as they are, so that no loss can become NaN.
    learningRate: tf.scalar(0),
    dropoutSeed: tf.tensor1d([0, 0], 'int32'),
  }));

  const { images, learningRate, dropoutSeed } = device;

  const train = async () => {
    await pauses.take();
    const batch = takeBatch(images, indices.subarray(0, batchSize), flips);
    const before = device.state;
    device.state = trainingStep(network, rule, before, { batch, learningRate, dropoutSeed });
    device.state.lossSum.dataSync(); // waits for a graphics card
    tf.dispose([before, batch]);
  };
  const evaluated = indices.subarray(0, EVALUATION_BATCH_SIZE);
  const evaluate = () =>
    evaluateOnDevice(network, device.state.weights, images, evaluated, undefined, pauses);
  try {
    const trainMilliseconds = await medianMilliseconds(train, 2, 3, 1500);
    const evaluationMilliseconds = await medianMilliseconds(evaluate, 1, 1, 500);
    return {
      trainMilliseconds,
      evaluationMillisecondsPerImage: evaluationMilliseconds / EVALUATION_BATCH_SIZE,
    };
  } finally {
    tf.dispose(device);
  }
}

// --- helpers ---

function randomImages(count: number): LabelledImages {
  return {
    pixels: randomFillSync(new Uint8Array(count * IMAGE_CHANNELS * IMAGE_SIZE * IMAGE_SIZE)),
    labels: Uint8Array.from({ length: count }, (_, index) => index % CLASSES),
  };
}

/** Runs at least so often, and on until the time is over. */
async function medianMilliseconds(
  run: () => Promise<unknown>,
  warmUps: number,
  atLeast: number,
  milliseconds: number,
): Promise<number> {
  for (let i = 0; i < warmUps; i++) await run();
  const times: number[] = [];
  const started = performance.now();
  while (times.length < atLeast || performance.now() - started < milliseconds) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] as number;
}
