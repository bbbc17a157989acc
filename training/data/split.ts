import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { heldOutImages } from '../../study/trial/trial.ts';

export interface SplitRequest {
  /** Number of images used. */
  trainImages: number;
  /** Share of the used images that is held out, above 0 and below 1. */
  validationFraction: number;
  splitSeed: number;
}

/** Indices into the data set, ascending; no image is in both. */
export interface Split {
  training: Int32Array;
  validation: Int32Array;
}

/**
 * Splits images into training and validation images, both stratified by class. It takes `trainImages` like
 * `stratifiedSubset` and holds out `round(trainImages × validationFraction)` of them. Each class holds out its exact
 * share rounded down. The remaining images come from the classes with the largest remainders; the lower label comes first
 * among equals. Equal arguments give equal splits.
 *
 * @param labels the class of every image.
 * @throws {RangeError} if there are too few images, or if one side would be empty.
 */
export function splitImages(labels: Uint8Array, request: SplitRequest): Split {
  const { trainImages, validationFraction, splitSeed } = request;
  const classes = takeStratified(labels, trainImages, splitSeed);
  const heldOut = heldOutImages(trainImages, validationFraction);
  if (heldOut < 1 || heldOut >= trainImages) {
    throw new RangeError(
      `expected images on both sides of the split, got ${trainImages - heldOut} to train on and ${heldOut} to ` +
        `validate on (${trainImages} images, validation fraction ${validationFraction}); use more images`,
    );
  }
  const shares = classes.map((indices) => indices.length * validationFraction);
  const quotas = shares.map(Math.floor);
  const byRemainder = [...shares.keys()].sort((a, b) => remainder(shares, b) - remainder(shares, a) || a - b);
  const left = heldOut - sum(quotas);
  // Never negative, and at most one per class, because each class lost less than one image to rounding.
  for (const label of byRemainder.slice(0, left)) quotas[label] = (quotas[label] as number) + 1;

  return {
    training: ascending(classes.flatMap((indices, label) => indices.slice(quotas[label]))),
    validation: ascending(classes.flatMap((indices, label) => indices.slice(0, quotas[label]))),
  };
}

/**
 * Takes `count` images, equally many of each class if possible. Images that a class lacks, and those that equal shares
 * leave over, come from the other classes in the order of labels. With the same seed, a smaller subset of balanced classes
 * is part of a larger one.
 *
 * @returns indices, ascending.
 * @throws {RangeError} if there are too few images.
 */
export function stratifiedSubset(labels: Uint8Array, count: number, seed: number): Int32Array {
  return ascending(takeStratified(labels, count, seed).flat());
}

// --- helpers ---

/** The indices taken from each class, by label, in random order. */
function takeStratified(labels: Uint8Array, count: number, seed: number): number[][] {
  if (!Number.isInteger(count) || count < 1 || count > labels.length) {
    throw new RangeError(`expected a number of images from 1 to ${labels.length}, got ${count}`);
  }
  const classes = shuffledByClass(labels, seed);
  const quotas = classes.map(() => 0);
  for (let taken = 0; taken < count; ) {
    for (const [label, indices] of classes.entries()) {
      const quota = quotas[label] as number;
      if (taken === count || quota === indices.length) continue;
      quotas[label] = quota + 1;
      taken++;
    }
  }
  return classes.map((indices, label) => indices.slice(0, quotas[label]));
}

function shuffledByClass(labels: Uint8Array, seed: number): number[][] {
  const classes: number[][] = Array.from(
    { length: labels.reduce((a, b) => Math.max(a, b), 0) + 1 },
    () => [],
  );
  for (const [index, label] of labels.entries()) classes[label]?.push(index);
  const random = xoroshiro128plus(seed);
  for (const indices of classes) {
    for (let last = indices.length - 1; last > 0; last--) {
      const other = uniformInt(random, 0, last);
      [indices[last], indices[other]] = [indices[other] as number, indices[last] as number];
    }
  }
  return classes;
}

const remainder = (shares: number[], label: number): number => (shares[label] as number) % 1;

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

const ascending = (indices: number[]): Int32Array => Int32Array.from(indices).sort();
