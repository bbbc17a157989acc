import { randomStream } from '../trial/random-stream.ts';
import type { Tally } from './class-figures.ts';
import { CONFIDENCE, type Interval } from './interval.ts';
import { quantile } from './quantile.ts';

/** Enough for limits that move by a hundredth or two of their distance with another seed; 100,000 images take a second. */
const RESAMPLES = 1000;

/**
 * The percentile bootstrap interval of a figure that follows from a confusion matrix, from samples of its images with replacement: B.
 * Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
 *
 * It is about one run on such images. It says nothing about runs with other seeds.
 *
 * @param confusion `confusion[actual][predicted]`: numbers of images, at least one in all.
 * @param figureOf such as `macroF1`.
 * @param seed of the resampling; the same seed gives the same interval.
 * @returns in the figure's unit.
 */
export function bootstrapFigure(
  confusion: readonly (readonly number[])[],
  figureOf: (tally: Tally) => number,
  { seed, confidence = CONFIDENCE }: { seed: number; confidence?: number },
): Interval {
  const { actual, predicted } = imagesOf(confusion);
  const images = actual.length;
  if (images === 0)
    throw new RangeError('bootstrap: expected a confusion matrix of at least one image, got none');
  const classes = confusion.length;
  const stream = randomStream('bootstrap', 'figure', seed);
  const figures = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const tally: Tally = { images: zeros(classes), predicted: zeros(classes), right: zeros(classes) };
    for (let draw = 0; draw < images; draw++) {
      const image = Math.floor(((stream.next() >>> 0) / 2 ** 32) * images);
      const [is, seems] = [actual[image] as number, predicted[image] as number];
      (tally.images[is] as number)++;
      (tally.predicted[seems] as number)++;
      if (is === seems) (tally.right[is] as number)++;
    }
    figures[resample] = figureOf(tally);
  }
  figures.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(figures, tail), high: quantile(figures, 1 - tail) };
}

// --- helpers ---

/** The labels of each image. */
function imagesOf(confusion: readonly (readonly number[])[]): {
  actual: Uint16Array;
  predicted: Uint16Array;
} {
  const images = confusion.reduce((all, row) => all + row.reduce((sum, count) => sum + count, 0), 0);
  const actual = new Uint16Array(images);
  const predicted = new Uint16Array(images);
  let image = 0;
  for (const [is, row] of confusion.entries()) {
    for (const [seems, count] of row.entries()) {
      actual.fill(is, image, image + count);
      predicted.fill(seems, image, image + count);
      image += count;
    }
  }
  return { actual, predicted };
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}
