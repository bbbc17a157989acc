import { readFile } from 'node:fs/promises';
import { type DatasetManifest, getDatasetManifest } from '../../storage/inputs/datasets.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { TrialResult } from '../../storage/trials/trials.ts';
import { imageShape, inputOfTrial } from '../../study/definition/input-form.ts';
import { DataError } from '../../training/data/data-error.ts';
import { prepareImage } from '../../training/data/images/prepare-image.ts';
import type { Pixels } from '../../training/data/labelled-images.ts';
import { openTable } from '../../training/data/prepare/open-examples.ts';
import { openSourceFiles } from '../../training/data/sources/source-files.ts';
import { encodeRows } from '../../training/data/table/encode-rows.ts';
import { evaluate } from '../../training/loop/evaluate.ts';
import { drawFlips } from '../../training/loop/order.ts';
import { decodeImage } from '../../training/tensorflow/decode-image.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';
import type { JobContext } from '../job-context.ts';
import type { Answer, ImageFile, ImagePrediction, Job, ValidationScore } from '../protocol.ts';
import { trainingExamples } from '../storing/training-images.ts';
import { bestWeights } from './best-weights.ts';
import { trialImages } from './trial-images.ts';

/** Classifies images, or rows of tables, with a trial's best weights and, if asked to, evaluates these on its validation images. */
export async function predict(
  { trialKey, images, tables, validation }: Job<'predict'>,
  { openStore, signal }: JobContext,
): Promise<Answer<'predict'>> {
  const store = await openStore();
  const { result, weights } = await bestWeights(store, trialKey);
  return {
    images: await classifyImages(store, result, weights, images, signal),
    tables: await classifyTables(store, result, weights, tables, signal),
    validation: validation ? await validate(store, result, weights, signal) : null,
  };
}

// --- helpers ---

async function classifyImages(
  store: ObjectStore,
  result: TrialResult,
  weights: NamedTensors,
  files: ImageFile[],
  signal: AbortSignal,
): Promise<ImagePrediction[]> {
  if (files.length === 0) return [];
  const manifest = await getDatasetManifest(store, result.spec.data.dataset);
  return classify(result, weights, await readAll(files, decoderFor(manifest), signal), signal);
}

async function classifyTables(
  store: ObjectStore,
  result: TrialResult,
  weights: NamedTensors,
  paths: string[],
  signal: AbortSignal,
): Promise<ImagePrediction[][]> {
  const predictions: ImagePrediction[][] = [];
  for (const path of paths) {
    const manifest = await getDatasetManifest(store, result.spec.data.dataset);
    const features = manifest.format === 2 ? manifest.features : undefined;
    if (!features)
      throw new DataError(
        `${path}: expected PNG, JPEG or WebP images, since the network classifies images, got a table`,
      );
    const table = await openTable(path, path, await openSourceFiles(path));
    const rows = encodeRows(table, features, path).map((row) =>
      'values' in row ? { pixels: row.values } : row,
    );
    predictions.push(await classify(result, weights, rows, signal));
  }
  return predictions;
}

type Readable = { pixels: Pixels } | { problem: string };

async function classify(
  { spec, normalisation }: TrialResult,
  weights: NamedTensors,
  read: Readable[],
  signal: AbortSignal,
): Promise<ImagePrediction[]> {
  const given = read.flatMap((each) => ('pixels' in each ? [each.pixels] : []));
  if (given.length === 0) return read.flatMap((each) => ('problem' in each ? [each] : []));

  // Their classes are unknown, so the loss and accuracy that `evaluate` gives mean nothing here.
  const labels = new Uint8Array(given.length);
  const { probabilities } = await evaluate(
    spec.config,
    inputOfTrial(spec.data),
    weights,
    { pixels: joined(given), labels, ...(normalisation && { normalisation }) },
    Int32Array.from(labels.keys()),
    { signal },
  );
  const classes = probabilities.length / given.length;
  let row = 0;
  return read.map((each) => {
    if ('problem' in each) return each;
    const start = row++ * classes;
    return { probabilities: [...probabilities.subarray(start, start + classes)] };
  });
}

/** Each image's planes as `decodeImage` gives them, or what is wrong with the file. */
async function readAll(files: ImageFile[], decode: Decoder, signal: AbortSignal): Promise<Readable[]> {
  const read: Readable[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    try {
      read.push({ pixels: await decode(await readFile(file.path), file) });
    } catch (error) {
      read.push({ problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return read;
}

type Decoder = (bytes: Buffer, file: ImageFile) => Promise<Uint8Array>;

/** Decodes images as those of the data set were prepared. */
function decoderFor(manifest: DatasetManifest): Decoder {
  if (manifest.format === 1) return async (bytes, file) => decodeImage(bytes, file);
  const [height, width, channels] = imageShape(manifest.input) ?? [];
  if (height === undefined || width === undefined || channels === undefined) {
    throw new DataError(
      'expected a CSV or .npz file, since the network classifies rows of a table, got images',
    );
  }
  const form = { height, width, channels: channels as 1 | 3, fit: manifest.fit ?? 'crop' };
  return async (bytes, { path }) => (await prepareImage(bytes, form, path)).planes;
}

function joined(examples: readonly Pixels[]): Pixels {
  const length = examples.reduce((sum, each) => sum + each.length, 0);
  const all = examples[0] instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length);
  let at = 0;
  for (const example of examples) {
    all.set(example, at);
    at += example.length;
  }
  return all;
}

/** Evaluates the weights as the trial did after its best epoch, with the same flips. */
async function validate(
  store: ObjectStore,
  { spec, bestEpoch }: TrialResult,
  weights: NamedTensors,
  signal: AbortSignal,
): Promise<ValidationScore> {
  const { config, seed } = spec;
  const { images, split } = await trialImages(spec.data, false, (dataset) =>
    trainingExamples(store, dataset),
  );
  const { validation } = split;
  const flips = drawFlips({
    count: validation.length,
    probability: config.validationFlip ? config.horizontalFlip : 0,
    stream: 'validation',
    seed,
    epoch: bestEpoch as number,
  });
  const { accuracy, loss } = await evaluate(config, inputOfTrial(spec.data), weights, images, validation, {
    flips,
    signal,
  });
  return { images: validation.length, accuracy, loss };
}
