import { inputOfTrial } from '../../study/definition/input-form.ts';
import type { TrialData } from '../../study/trial/trial.ts';
import { type ExampleFile, openExampleFile } from '../../training/data/example-file.ts';
import type { LabelledImages, MeanAndDeviation } from '../../training/data/labelled-images.ts';
import { createMoments, standardisedNumbers } from '../../training/data/normalisation.ts';
import type { Feature } from '../../training/data/read-examples.ts';
import { type Split, splitImages } from '../../training/data/split.ts';
import type { StoredExamples } from '../storing/training-images.ts';

/** A trial's images and their split into training and validation. */
export interface TrialImages {
  images: LabelledImages;
  /** Places among the images. */
  split: Split;
}

/**
 * A trial's images, and their split. Both stay in memory for the next trial, which mostly has the same.
 *
 * @param data which images, how they are split and normalised.
 * @param isReadAhead whether the images stay in their file, and each batch is read when its turn comes.
 * @param open finds the file of a data set's examples. Its verified content has the data set's name.
 */
export async function trialImages(
  data: TrialData,
  isReadAhead: boolean,
  open: (dataset: string) => Promise<StoredExamples>,
): Promise<TrialImages> {
  if (kept?.dataset !== data.dataset) {
    kept?.file.close();
    kept = undefined;
    const { source, layout, features } = await open(data.dataset);
    kept = { dataset: data.dataset, file: openExampleFile(source, layout), features, trial: undefined };
  }
  const { file, features } = kept;
  const key = JSON.stringify([data, isReadAhead]);
  if (kept.trial?.key !== key) {
    // The images of the trial before needn't be held any longer.
    kept.trial = undefined;
    kept.trial = { key, value: readTrial(file, features, data, isReadAhead) };
  }
  return kept.trial.value;
}

/**
 * Normalises images as a trial does: by given values, or by those of the images that it trains on.
 *
 * @param training places in the file.
 * @returns undefined for bytes that become values from −1 to 1.
 */
export function normalisationOf(
  file: ExampleFile,
  features: readonly Feature[] | undefined,
  data: TrialData,
  training: Int32Array,
): MeanAndDeviation | undefined {
  const { normalisation } = data;
  if (normalisation !== 'training') return normalisation;
  const moments = createMoments(inputOfTrial(data));
  const atOnce = Math.max(1, Math.floor(READ_AT_ONCE_BYTES / file.layout.exampleBytes));
  for (let start = 0; start < training.length; start += atOnce) {
    moments.add(file.read(training.subarray(start, start + atOnce)));
  }
  const found = moments.result();
  return features ? standardisedNumbers(found, features) : found;
}

// --- helpers ---

const READ_AT_ONCE_BYTES = 16_000_000;

/** Of the last trial. Neither the engine nor the loop writes to these arrays. */
let kept:
  | {
      dataset: string;
      file: ExampleFile;
      features: Feature[] | undefined;
      trial: { key: string; value: TrialImages } | undefined;
    }
  | undefined;

function readTrial(
  file: ExampleFile,
  features: readonly Feature[] | undefined,
  data: TrialData,
  isReadAhead: boolean,
): TrialImages {
  const split = splitImages(file.labels, data, file.groups);
  const normalisation = normalisationOf(file, features, data, split.training);
  const normalised = normalisation && { normalisation };
  if (isReadAhead) return { images: { pixels: file, labels: file.labels, ...normalised }, split };
  const used = Int32Array.from([...split.training, ...split.validation]).sort();
  const places = new Map([...used].map((place, index) => [place, index]));
  const placed = (indices: Int32Array) => indices.map((index) => places.get(index) as number);
  return {
    images: {
      pixels: file.read(used),
      labels: Uint16Array.from(used, (place) => file.labels[place] as number),
      ...normalised,
    },
    split: { training: placed(split.training), validation: placed(split.validation) },
  };
}
