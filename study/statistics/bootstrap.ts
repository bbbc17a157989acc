import { randomStream } from '../trial/random-stream.ts';
import { checkSameImages, type Hits } from './hits.ts';
import { CONFIDENCE, type Interval } from './interval.ts';

/** Enough for limits that move by a hundredth of their distance with another seed. */
const RESAMPLES = 2000;

/**
 * The percentile bootstrap interval of how much more accurate the second run is than the first, from samples of the images with
 * replacement; an image keeps both its hits: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
 *
 * It is about these two runs on such images. It says nothing about runs with other seeds.
 *
 * @param seed of the resampling; the same seed gives the same interval.
 * @returns differences of shares, −1 to 1.
 * @throws {RangeError} if the runs have different numbers of images, or none.
 */
export function bootstrapDifference(
  first: Hits,
  second: Hits,
  { seed, confidence = CONFIDENCE }: { seed: number; confidence?: number },
): Interval {
  checkSameImages(first, second);
  const images = first.length;
  const differences = Int8Array.from(
    { length: images },
    (_, image) => (second[image] as number) - (first[image] as number),
  );
  const stream = randomStream('bootstrap', seed);
  const resampled = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    let sum = 0;
    for (let draw = 0; draw < images; draw++) {
      // A data set has so few images that the remainder of 2³² is no matter.
      sum += differences[Math.floor(((stream.next() >>> 0) / 2 ** 32) * images)] as number;
    }
    resampled[resample] = sum / images;
  }
  resampled.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(resampled, tail), high: quantile(resampled, 1 - tail) };
}

// --- helpers ---

/** Between the two values next to it, as NumPy's `quantile` does. */
function quantile(sorted: Float64Array, p: number): number {
  const position = p * (sorted.length - 1);
  const [below, above] = [Math.floor(position), Math.ceil(position)].map((at) => sorted[at]) as [
    number,
    number,
  ];
  return below + (above - below) * (position % 1);
}
