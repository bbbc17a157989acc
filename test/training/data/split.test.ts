import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitImages, stratifiedSubset } from '../../../training/data/split.ts';

/** `count` images of each of ten classes, the classes in turn. */
const balanced = (count: number) => Uint8Array.from({ length: 10 * count }, (_, index) => index % 10);

function countByClass(labels: Uint8Array, indices: Int32Array): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const index of indices) counts[labels[index] as number] = (counts[labels[index] as number] ?? 0) + 1;
  return counts;
}

describe('splitImages', () => {
  it('splits all 50,000 images four to one, in every class', () => {
    const labels = balanced(5_000);
    const split = splitImages(labels, { trainImages: 50_000, validationFraction: 0.2, splitSeed: 7 });
    expect(countByClass(labels, split.training)).toEqual(new Array(10).fill(4_000));
    expect(countByClass(labels, split.validation)).toEqual(new Array(10).fill(1_000));
  });

  it('gives equal splits for equal seeds, and different ones for different seeds', () => {
    const labels = balanced(50);
    const request = { trainImages: 400, validationFraction: 0.25, splitSeed: 1 };
    expect(splitImages(labels, request)).toEqual(splitImages(labels, request));
    expect(splitImages(labels, request)).not.toEqual(splitImages(labels, { ...request, splitSeed: 2 }));
  });

  it('never changes, because stored trials depend on it', () => {
    const split = splitImages(balanced(3), { trainImages: 20, validationFraction: 0.5, splitSeed: 1 });
    expect([...split.training, ...split.validation].sort((a, b) => a - b)).toEqual([
      ...stratifiedSubset(balanced(3), 20, 1),
    ]);
    expect([...split.validation]).toMatchInlineSnapshot(`
      [
        3,
        8,
        10,
        19,
        21,
        22,
        24,
        25,
        26,
        27,
      ]
    `);
    expect([...split.training]).toMatchInlineSnapshot(`
      [
        4,
        7,
        9,
        11,
        12,
        15,
        16,
        20,
        23,
        28,
      ]
    `);
  });

  it('rounds the held-out share of all images, not of each class', () => {
    const labels = balanced(10);
    const split = splitImages(labels, { trainImages: 25, validationFraction: 0.2, splitSeed: 1 });
    // Three of each of the first five classes (0.6 to hold out), two of each other (0.4): 5 in all.
    expect(countByClass(labels, split.validation)).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(countByClass(labels, split.training)).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
  });

  it('never shares an image, and keeps the counts, for any request', () => {
    const cases = fc.record({
      labels: fc.uint8Array({ min: 0, max: 9, minLength: 2, maxLength: 300 }),
      part: fc.double({ min: 0.01, max: 1, noNaN: true }),
      validationFraction: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      splitSeed: fc.nat(),
    });
    fc.assert(
      fc.property(cases, ({ labels, part, validationFraction, splitSeed }) => {
        const trainImages = Math.max(1, Math.floor(labels.length * part));
        const heldOut = Math.round(trainImages * validationFraction);
        fc.pre(heldOut > 0 && heldOut < trainImages);
        const { training, validation } = splitImages(labels, { trainImages, validationFraction, splitSeed });
        expect(validation).toHaveLength(heldOut);
        expect(new Set([...training, ...validation]).size).toBe(trainImages);
        for (const side of [training, validation]) expect(side).toEqual(side.toSorted());
        const used = countByClass(labels, Int32Array.from([...training, ...validation]));
        for (const [label, count] of countByClass(labels, validation).entries()) {
          expect(Math.abs(count - (used[label] as number) * validationFraction)).toBeLessThan(1);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a split with an empty side', () => {
    const request = { trainImages: 10, validationFraction: 0.01, splitSeed: 1 };
    expect(() => splitImages(balanced(10), request)).toThrow(
      'expected images on both sides of the split, got 10 to train on and 0 to validate on',
    );
  });

  it('refuses more images than there are', () => {
    const request = { trainImages: 101, validationFraction: 0.2, splitSeed: 1 };
    expect(() => splitImages(balanced(10), request)).toThrow(
      'expected a number of images from 1 to 100, got 101',
    );
  });
});

describe('stratifiedSubset', () => {
  it('takes equally many of each class; the remaining images come from the first classes', () => {
    const labels = balanced(10);
    expect(countByClass(labels, stratifiedSubset(labels, 23, 1))).toEqual([3, 3, 3, 2, 2, 2, 2, 2, 2, 2]);
  });

  it('fills up from the other classes if a class has too few images', () => {
    const labels = Uint8Array.from([0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(countByClass(labels, stratifiedSubset(labels, 7, 1)).slice(0, 3)).toEqual([1, 3, 3]);
    expect([...stratifiedSubset(labels, 11, 1)]).toEqual([...labels.keys()]);
  });

  it('contains a smaller subset with the same seed', () => {
    const labels = balanced(20);
    const larger = new Set(stratifiedSubset(labels, 100, 3));
    for (const index of stratifiedSubset(labels, 40, 3)) expect(larger).toContain(index);
  });

  it('draws from the complete range', () => {
    const labels = balanced(1_000);
    const indices = stratifiedSubset(labels, 1_000, 5);
    const mean = indices.reduce((sum, index) => sum + index, 0) / indices.length;
    // Uniform on 0…9,999: mean 4,999.5, its deviation over 1,000 draws 91.
    expect(Math.abs(mean - 4_999.5)).toBeLessThan(400);
  });
});
