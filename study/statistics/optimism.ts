import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { randomStream } from '../trial/random-stream.ts';
import { type Hits, rightIn } from './hits.ts';

const FOLDS = 10;
/** Each with another division into folds. */
const REPETITIONS = 10;

/**
 * How much of the best score is due to choosing it: the score of the best epoch of the best run, minus what such a choice scores on
 * images that had no part in it. The images are divided into ten folds; for each, the best epoch of the best run is chosen by
 * the other nine and scored on the fold: S. Varma, R. Simon, Bias in error estimation when using cross-validation for model
 * selection, BMC Bioinformatics 7 (2006); R. J. Tibshirani, R. Tibshirani, A bias correction for the minimum error rate in
 * cross-validation, Annals of Applied Statistics 3 (2009). It tells nothing of what was chosen by other runs before, such as an
 * earlier stage's winner.
 *
 * @param runs the hits of each run's epochs, all on the same validation images.
 * @param seed of the division into folds.
 * @returns a difference of shares: about 0 if one epoch is far ahead, and more the more epochs are about as good. Chance can make
 *   it slightly negative.
 * @throws {RangeError} if there is no epoch, if numbers of images differ, or if there are fewer than ten images.
 */
export function optimism(runs: readonly (readonly Hits[])[], { seed }: { seed: number }): number {
  const epochs = runs.flat();
  const images = epochs[0]?.length ?? 0;
  const other = epochs.find(({ length }) => length !== images);
  if (images < FOLDS || other) {
    throw new RangeError(
      `optimism: expected hits of one epoch or more on the same images, at least ${FOLDS}, got ${epochs.length} epochs of ` +
        `${images} images${other ? ` and one of ${other.length}` : ''}`,
    );
  }
  const stream = randomStream('optimism', seed);
  let elsewhere = 0;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    elsewhere += chosenElsewhere(epochs, foldsOf(images, stream));
  }
  const best = Math.max(...epochs.map(rightIn));
  return (best - elsewhere / REPETITIONS) / images;
}

// --- helpers ---

/** Right images in all folds, each fold's by the epoch that is the best on the others. The earliest wins a tie. */
function chosenElsewhere(epochs: readonly Hits[], folds: Uint8Array): number {
  const byFold = epochs.map((hits) => {
    const right = new Array<number>(FOLDS).fill(0);
    for (let image = 0; image < folds.length; image++) {
      (right[folds[image] as number] as number) += hits[image] as number;
    }
    return { right, all: right.reduce((sum, each) => sum + each, 0) };
  });
  let total = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    let best = { elsewhere: -1, here: 0 };
    for (const { right, all } of byFold) {
      const here = right[fold] as number;
      if (all - here > best.elsewhere) best = { elsewhere: all - here, here };
    }
    total += best.here;
  }
  return total;
}

/** Each image's fold. Folds differ by one image at most. */
function foldsOf(images: number, stream: RandomGenerator): Uint8Array {
  const folds = Uint8Array.from({ length: images }, (_, image) => image % FOLDS);
  for (let last = images - 1; last > 0; last--) {
    const other = uniformInt(stream, 0, last);
    [folds[last], folds[other]] = [folds[other] as number, folds[last] as number];
  }
  return folds;
}
