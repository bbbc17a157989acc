import { randomStream } from '../trial/random-stream.ts';
import { checkSameImages, type Hits } from './hits.ts';
import { CONFIDENCE, type Interval } from './interval.ts';
import { quantile } from './quantile.ts';

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
  const differences: number[] = [];
  for (let image = 0; image < images; image++) {
    const difference = (second[image] as number) - (first[image] as number);
    if (difference !== 0) differences.push(difference);
  }
  const stream = randomStream('bootstrap', seed);
  const random = () => (stream.next() >>> 0) / 2 ** 32;
  // Images that both classify alike add nothing, so only their number is drawn.
  const drawDifferent = binomial(images, differences.length / images);
  const resampled = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    let sum = 0;
    for (let draw = drawDifferent(random()); draw > 0; draw--) {
      sum += differences[Math.floor(random() * differences.length)] as number;
    }
    resampled[resample] = sum / images;
  }
  resampled.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(resampled, tail), high: quantile(resampled, 1 - tail) };
}

// --- helpers ---

/** How many of `trials` succeed, each with probability `p`: the quantile function of the binomial distribution. */
function binomial(trials: number, p: number): (quantile: number) => number {
  if (p === 1) return () => trials;
  // Outwards from the most likely value, so that nothing underflows but the far tails.
  const mode = Math.floor((trials + 1) * p);
  const share = new Float64Array(trials + 1);
  share[mode] = 1;
  for (let k = mode; k < trials; k++)
    share[k + 1] = ((share[k] as number) * (trials - k) * p) / ((k + 1) * (1 - p));
  for (let k = mode; k > 0; k--) share[k - 1] = ((share[k] as number) * k * (1 - p)) / ((trials - k + 1) * p);
  const below = share.map(cumulative());
  const all = below[trials] as number;
  return (quantile) => {
    let [low, high] = [0, trials];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((below[middle] as number) > quantile * all) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function cumulative(): (value: number) => number {
  let sum = 0;
  return (value) => {
    sum += value;
    return sum;
  };
}
