import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { heldOutImages } from '../../study/trial/trial.ts';
import type { Labels } from './labelled-images.ts';

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
 * @param groups the group of every image, if there are groups. Then whole groups are held out, so that the numbers come as
 *   close to the exact ones as groups allow.
 * @throws {RangeError} if there are too few images, or if one side would be empty.
 */
export function splitImages(labels: Labels, request: SplitRequest, groups?: Uint32Array): Split {
  const { trainImages, validationFraction, splitSeed } = request;
  const classes = takeStratified(labels, trainImages, splitSeed);
  const heldOut = heldOutImages(trainImages, validationFraction);
  if (heldOut < 1 || heldOut >= trainImages) {
    throw new RangeError(
      `expected images on both sides of the split, got ${trainImages - heldOut} to train on and ${heldOut} to ` +
        `validate on (${trainImages} images, validation fraction ${validationFraction}); use more images`,
    );
  }
  if (groups) return splitGroups(classes, groups, request);
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
export function stratifiedSubset(labels: Labels, count: number, seed: number): Int32Array {
  return ascending(takeStratified(labels, count, seed).flat());
}

// --- helpers ---

/**
 * Goes through the groups in random order, and holds one out if the numbers of held-out images of the classes then come closer
 * to their exact shares.
 */
function splitGroups(
  classes: readonly number[][],
  groups: Uint32Array,
  { validationFraction, splitSeed }: SplitRequest,
): Split {
  const members = new Map<number, { index: number; label: number }[]>();
  for (const [label, indices] of classes.entries()) {
    for (const index of indices) {
      const group = groups[index] as number;
      const others = members.get(group);
      if (others) others.push({ index, label });
      else members.set(group, [{ index, label }]);
    }
  }
  const targets = classes.map((indices) => indices.length * validationFraction);
  const held = classes.map(() => 0);
  const split = { training: [] as number[], validation: [] as number[] };
  const order = [...members].sort(([a], [b]) => a - b).map(([, images]) => images);
  shuffle(order, xoroshiro128plus(splitSeed));
  for (const images of order) {
    const counts = new Map<number, number>();
    for (const { label } of images) counts.set(label, (counts.get(label) ?? 0) + 1);
    let gain = 0;
    for (const [label, count] of counts) {
      const missing = (targets[label] as number) - (held[label] as number);
      gain += missing ** 2 - (missing - count) ** 2;
    }
    const isHeldOut = gain > 0;
    if (isHeldOut) for (const [label, count] of counts) held[label] = (held[label] as number) + count;
    split[isHeldOut ? 'validation' : 'training'].push(...images.map(({ index }) => index));
  }
  checkGroups(classes, held, split);
  return { training: ascending(split.training), validation: ascending(split.validation) };
}

function checkGroups(
  classes: readonly number[][],
  held: readonly number[],
  { training, validation }: { training: number[]; validation: number[] },
): void {
  const alone = classes.findIndex((indices, label) => indices.length > 0 && held[label] === indices.length);
  if (training.length > 0 && validation.length > 0 && alone < 0) return;
  throw new RangeError(
    `expected groups that can be split into ${training.length === 0 || validation.length === 0 ? 'two sides' : `two sides with class ${alone} in training`}, ` +
      'got too few or too large ones; use more groups, or another part of the images',
  );
}

/** The indices taken from each class, by label, in random order. */
function takeStratified(labels: Labels, count: number, seed: number): number[][] {
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

function shuffledByClass(labels: Labels, seed: number): number[][] {
  let highest = 0;
  for (const label of labels) highest = Math.max(highest, label);
  const classes: number[][] = Array.from({ length: highest + 1 }, () => []);
  for (const [index, label] of labels.entries()) classes[label]?.push(index);
  const random = xoroshiro128plus(seed);
  for (const indices of classes) shuffle(indices, random);
  return classes;
}

function shuffle<T>(items: T[], random: RandomGenerator): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
}

const remainder = (shares: number[], label: number): number => (shares[label] as number) % 1;

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

const ascending = (indices: number[]): Int32Array => Int32Array.from(indices).sort();
