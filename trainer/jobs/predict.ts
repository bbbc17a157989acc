import { readFile } from 'node:fs/promises';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { TrialResult } from '../../storage/trials/trials.ts';
import { evaluate } from '../../training/loop/evaluate.ts';
import { drawFlips } from '../../training/loop/order.ts';
import { decodeImage } from '../../training/tensorflow/decode-image.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';
import type { JobContext } from '../job-context.ts';
import type { Answer, ImageFile, ImagePrediction, Job, ValidationScore } from '../protocol.ts';
import { trainingImages } from '../storing/training-images.ts';
import { bestWeights } from './best-weights.ts';
import { trialImages } from './trial-images.ts';

/** Classifies images with a trial's best weights and, if asked to, evaluates these on its validation images. */
export async function predict(
  { trialKey, images, validation }: Job<'predict'>,
  { openStore, signal }: JobContext,
): Promise<Answer<'predict'>> {
  const store = await openStore();
  const { result, weights } = await bestWeights(store, trialKey);
  return {
    images: await classify(result, weights, images, signal),
    validation: validation ? await validate(store, result, weights, signal) : null,
  };
}

// --- helpers ---

async function classify(
  { spec }: TrialResult,
  weights: NamedTensors,
  files: ImageFile[],
  signal: AbortSignal,
): Promise<ImagePrediction[]> {
  const read = await readAll(files, signal);
  const images = read.flatMap((image) => ('pixels' in image ? [image.pixels] : []));
  if (images.length === 0) return read.flatMap((image) => ('problem' in image ? [image] : []));

  const pixels = Buffer.concat(images);
  // Their classes are unknown, so the loss and accuracy that `evaluate` gives mean nothing here.
  const labels = new Uint8Array(images.length);
  const indices = Int32Array.from(labels.keys());
  const { probabilities } = await evaluate(spec.config, weights, { pixels, labels }, indices, { signal });
  const classes = probabilities.length / images.length;
  let row = 0;
  return read.map((image) => {
    if ('problem' in image) return image;
    const start = row++ * classes;
    return { probabilities: [...probabilities.subarray(start, start + classes)] };
  });
}

/** Each image's planes as `decodeImage` gives them, or what is wrong with the file. */
async function readAll(
  files: ImageFile[],
  signal: AbortSignal,
): Promise<({ pixels: Uint8Array } | { problem: string })[]> {
  const read: ({ pixels: Uint8Array } | { problem: string })[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    try {
      read.push({ pixels: decodeImage(await readFile(file.path), file) });
    } catch (error) {
      read.push({ problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return read;
}

/** Evaluates the weights as the trial did after its best epoch, with the same flips. */
async function validate(
  store: ObjectStore,
  { spec, bestEpoch }: TrialResult,
  weights: NamedTensors,
  signal: AbortSignal,
): Promise<ValidationScore> {
  const { config, seed } = spec;
  const { images, split } = await trialImages(spec.data, (dataset) => trainingImages(store, dataset));
  const { validation } = split;
  const flips = drawFlips({
    count: validation.length,
    probability: config.validationFlip ? config.horizontalFlip : 0,
    stream: 'validation',
    seed,
    epoch: bestEpoch as number,
  });
  const { accuracy, loss } = await evaluate(config, weights, images, validation, { flips, signal });
  return { images: validation.length, accuracy, loss };
}
