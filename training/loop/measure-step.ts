import { randomFillSync } from 'node:crypto';
import { type InputForm, imageShape, valuesOf } from '../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { imageForm } from '../augmentations/image-form.ts';
import { createCompiledEngine } from '../compile/compiled-engine.ts';
import type { LabelledImages } from '../data/labelled-images.ts';
import { createNetwork } from '../networks/network.ts';
import { createUpdateRule } from '../optimizers/optimizer.ts';
import { drawsInOrder } from './draws.ts';
import { EVALUATION_BATCH_SIZE, evaluateWith } from './evaluate.ts';
import { createPauses } from './event-loop.ts';
import { drawFlips } from './order.ts';
import { startingTensors } from './starting-tensors.ts';

/** How long training takes on this device, in wall time. */
export interface StepTimes {
  /** One step with a full batch, including gathering of its images. */
  trainMilliseconds: number;
  evaluationMillisecondsPerImage: number;
}

/**
 * Measures medians on random images, for estimates: of three training steps or more, after two warm-up steps.
 *
 * @param input the form of the images.
 * @throws {NetworkShapeError} if no image fits through the network.
 * @throws {Error} TensorFlow's own, if there is too little memory.
 */
export async function measureStep(config: TrainingConfig, input: InputForm): Promise<StepTimes> {
  const network = createNetwork(config, input);
  const rule = createUpdateRule(config.optimizer);
  const pauses = createPauses();
  const { batchSize } = config;
  const indices = Int32Array.from(
    { length: Math.max(batchSize, EVALUATION_BATCH_SIZE) },
    (_, index) => index,
  );
  const probability = config.horizontalFlip;
  const flips = drawFlips({ count: batchSize, probability, stream: 'training', seed: 0, epoch: 1 });
  const images = randomImages(indices.length, input);
  const engine = createCompiledEngine({ ...config, network, images, mirrored: flips !== undefined });

  const trained = indices.subarray(0, batchSize);
  const draws = drawsInOrder(config, imageForm(input), {
    training: trained,
    order: trained,
    seed: 0,
    epoch: 1,
  });
  const batch = { indices: trained, flips, ...(draws && { draws }) };
  const train = async () => {
    await pauses.take();
    // A rate of 0 leaves the weights unchanged, so no loss can become NaN.
    engine.train(batch, { learningRate: 0, step: 1, dropoutSeed: [0, 0] });
  };
  const evaluated = indices.subarray(0, EVALUATION_BATCH_SIZE);
  const evaluate = () => evaluateWith(engine, input.classes, images.labels, evaluated, undefined, pauses);
  try {
    const start = startingTensors(network, rule, 0);
    engine.setWeights(start.weights);
    engine.setSlots(start.slots);
    const trainMilliseconds = await medianMilliseconds(train, 2, 3, 1500);
    const evaluationMilliseconds = await medianMilliseconds(evaluate, 1, 1, 500);
    return {
      trainMilliseconds,
      evaluationMillisecondsPerImage: evaluationMilliseconds / EVALUATION_BATCH_SIZE,
    };
  } finally {
    engine.dispose();
  }
}

// --- helpers ---

function randomImages(count: number, input: InputForm): LabelledImages {
  const bytes = randomFillSync(new Uint8Array(count * valuesOf(input)));
  return {
    pixels: imageShape(input) ? bytes : Float32Array.from(bytes, (byte) => byte / 127.5 - 1),
    labels: Uint16Array.from({ length: count }, (_, index) => index % input.classes),
  };
}

/** Measures `atLeast` calls, and more until `milliseconds` have passed. */
async function medianMilliseconds(
  work: () => Promise<unknown>,
  warmUps: number,
  atLeast: number,
  milliseconds: number,
): Promise<number> {
  for (let i = 0; i < warmUps; i++) await work();
  const times: number[] = [];
  const started = performance.now();
  while (times.length < atLeast || performance.now() - started < milliseconds) {
    const before = performance.now();
    await work();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] as number;
}
