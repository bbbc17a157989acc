import type { TrialData } from '../../study/trial/trial.ts';
import type { LabelledImages } from '../../training/data/labelled-images.ts';
import { type Split, splitImages } from '../../training/data/split.ts';

/** A trial's images and their split into training and validation. */
export interface TrialImages {
  images: LabelledImages;
  split: Split;
}

/**
 * A trial's images, and their split. Both stay in memory for the next trial, which mostly has the same.
 *
 * @param read reads a data set's training images. Their verified content has the data set's name.
 */
export async function trialImages(
  data: TrialData,
  read: (dataset: string) => Promise<LabelledImages>,
): Promise<TrialImages> {
  if (kept?.dataset !== data.dataset) {
    kept = undefined;
    kept = { dataset: data.dataset, images: await read(data.dataset), split: undefined };
  }
  const { dataset, images } = kept;
  const key = JSON.stringify(data);
  const split = kept.split?.key === key ? kept.split.value : splitImages(images.labels, data);
  kept = { dataset, images, split: { key, value: split } };
  return { images, split };
}

// --- helpers ---

/** Of the last trial. Neither the engine nor the loop writes to these arrays. */
let kept:
  | { dataset: string; images: LabelledImages; split: { key: string; value: Split } | undefined }
  | undefined;
