import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { randomStream } from '../trial/random-stream.ts';
import type { Hits } from './hits.ts';
import { mean } from './moments.ts';

const FOLDS = 10;
/** Each with another division into folds. */
const REPETITIONS = 10;

/** A run whose best epoch counts. */
export interface OptimismRun {
  /** How many images each epoch classifies correctly. */
  right: readonly number[];
  /** Called for the epochs that may be chosen. */
  hitsOf: (epoch: number) => Hits;
}

/**
 * How much of the best score is due to choosing it. A candidate's score is the mean over its runs of their best epochs' accuracies.
 * From the best score, the function subtracts what such a choice scores on images that had no part in it: the images are divided
 * into ten folds; for each, the best epochs and the best candidate are chosen by the other nine and scored on the fold: S. Varma,
 * R. Simon, Bias in error estimation when using cross-validation for model selection, BMC Bioinformatics 7 (2006); R. J. Tibshirani,
 * R. Tibshirani, A bias correction for the minimum error rate in cross-validation, Annals of Applied Statistics 3 (2009). It tells
 * nothing of choices among other candidates.
 *
 * @param candidates the runs of each, all on the same validation images.
 * @param options.images how many.
 * @param options.seed of the division into folds.
 * @returns a difference of shares: about 0 if one epoch is far ahead, and more the more epochs are about as good. Chance can make
 *   it slightly negative.
 * @throws {RangeError} if there is no epoch, if numbers of images differ, or if there are fewer than ten images.
 */
export function optimism(
  candidates: readonly (readonly OptimismRun[])[],
  { images, seed }: { images: number; seed: number },
): number {
  const contenders = contendersOf(candidates, images);
  const epochs = contenders.flat(2);
  const other = epochs.find(({ length }) => length !== images);
  if (images < FOLDS || other || epochs.length === 0) {
    throw new RangeError(
      `optimism: expected hits of one epoch or more on the same images, at least ${FOLDS}, got ${epochs.length} epochs of ` +
        `${images} images${other ? ` and one of ${other.length}` : ''}`,
    );
  }
  const stream = randomStream('optimism', seed);
  let elsewhere = 0;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    elsewhere += chosenElsewhere(contenders, foldsOf(images, stream));
  }
  return (Math.max(...candidates.map(scoreOf)) - elsewhere / REPETITIONS) / images;
}

// --- helpers ---

/** An epoch's right images in each fold, and in all. */
interface EpochByFold {
  right: number[];
  all: number;
}

/** Images that are right with the best epochs, on average over the runs. */
function scoreOf(runs: readonly OptimismRun[]): number {
  return mean(runs.map(({ right }) => Math.max(...right)));
}

/**
 * The hits of the epochs that may be chosen without a fold. Two epochs differ in a fold by no more than its images, so by a
 * deviation of at most their root; one that is six of these behind is never chosen.
 */
function contendersOf(candidates: readonly (readonly OptimismRun[])[], images: number): Hits[][][] {
  const margin = 6 * Math.sqrt(images / FOLDS);
  const best = Math.max(...candidates.map(scoreOf));
  return candidates
    .filter((runs) => runs.length > 0 && scoreOf(runs) >= best - margin)
    .map((runs) =>
      runs.map(({ right, hitsOf }) => {
        const least = Math.max(...right) - margin;
        return right.flatMap((each, epoch) => (each >= least ? [hitsOf(epoch)] : []));
      }),
    );
}

/** Right images in all folds, each fold's by what is the best on the others. The earliest wins a tie. */
function chosenElsewhere(candidates: readonly Hits[][][], folds: Uint8Array): number {
  const byFold = candidates.map((runs) => runs.map((epochs) => epochs.map((hits) => inFolds(hits, folds))));
  let total = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    let best = { elsewhere: -1, here: 0 };
    for (const runs of byFold) {
      const chosen = runs.map((epochs) => bestWithout(fold, epochs));
      const elsewhere = mean(chosen.map((each) => each.elsewhere));
      if (elsewhere > best.elsewhere) best = { elsewhere, here: mean(chosen.map(({ here }) => here)) };
    }
    total += best.here;
  }
  return total;
}

function bestWithout(fold: number, epochs: readonly EpochByFold[]): { elsewhere: number; here: number } {
  let best = { elsewhere: -1, here: 0 };
  for (const { right, all } of epochs) {
    const here = right[fold] as number;
    if (all - here > best.elsewhere) best = { elsewhere: all - here, here };
  }
  return best;
}

function inFolds(hits: Hits, folds: Uint8Array): EpochByFold {
  const right = new Array<number>(FOLDS).fill(0);
  for (let image = 0; image < folds.length; image++) {
    (right[folds[image] as number] as number) += hits[image] as number;
  }
  return { right, all: right.reduce((sum, each) => sum + each, 0) };
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
