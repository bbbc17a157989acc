import { readFile } from 'node:fs/promises';
import type { TrialResult } from '../../storage/trials/trials.ts';
import { IMAGE_CHANNELS, IMAGE_SIZE } from '../../study/definition/network-shapes.ts';
import { evaluate } from '../../training/loop/evaluate.ts';
import { drawFlips } from '../../training/loop/order.ts';
import { decodeImage } from '../../training/tensorflow/decode-image.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';
import type { ImageFile, ImagePrediction, TrainerJob, TrainerReport, ValidationScore } from '../protocol.ts';
import { bestWeights } from './best-weights.ts';
import type { JobContext } from './train.ts';
import { trialImages } from './trial-images.ts';

/** What a trial's best weights make of images that nobody has labelled, and of its validation images. */
export async function predictJob(
  { trialKey, images, validation }: Extract<TrainerJob, { kind: 'predict' }>,
  context: JobContext,
): Promise<TrainerReport> {
  const { result, weights } = await bestWeights(context.store, trialKey);
  return {
    kind: 'predicted',
    images: images.length > 0 ? await predict(result, weights, images, context) : [],
    validation: validation ? await validate(result, weights, context) : null,
  };
}

// --- helpers ---

const IMAGE_BYTES = IMAGE_CHANNELS * IMAGE_SIZE * IMAGE_SIZE;

async function predict(
  { spec }: TrialResult,
  weights: NamedTensors,
  files: ImageFile[],
  { signal }: JobContext,
): Promise<ImagePrediction[]> {
  const read = await readAll(files, signal);
  const sound = read.flatMap((image) => (image instanceof Uint8Array ? [image] : []));
  if (sound.length === 0) return read.map((problem) => ({ problem: String(problem) }));

  const pixels = new Uint8Array(sound.length * IMAGE_BYTES);
  for (const [index, image] of sound.entries()) pixels.set(image, index * IMAGE_BYTES);
  // Nobody knows their classes: loss and accuracy mean nothing here.
  const labels = new Uint8Array(sound.length);
  const indices = Int32Array.from(labels.keys());
  const { probabilities } = await evaluate(spec.config, weights, { pixels, labels }, indices, { signal });
  const classes = probabilities.length / sound.length;
  let row = 0;
  return read.map((image) => {
    if (!(image instanceof Uint8Array)) return { problem: image };
    const start = row++ * classes;
    return { probabilities: [...probabilities.subarray(start, start + classes)] };
  });
}

/** Each as a record's pixels, or what is wrong with it. */
async function readAll(files: ImageFile[], signal: AbortSignal): Promise<(Uint8Array | string)[]> {
  const read: (Uint8Array | string)[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    try {
      read.push(decodeImage(await readFile(file.path), file));
    } catch (error) {
      read.push(error instanceof Error ? error.message : String(error));
    }
  }
  return read;
}

/** As the trial did after its best epoch. */
async function validate(
  { spec, bestEpoch }: TrialResult,
  weights: NamedTensors,
  { store, signal }: JobContext,
): Promise<ValidationScore> {
  const { config, seed } = spec;
  const { images, split } = await trialImages(store, spec.data);
  const { validation } = split;
  const probability = config.validationFlip ? config.horizontalFlip : 0;
  const flips = drawFlips(validation.length, probability, 'validation', seed, bestEpoch as number);
  const { accuracy, loss } = await evaluate(config, weights, images, validation, { flips, signal });
  return { images: validation.length, accuracy, loss };
}
