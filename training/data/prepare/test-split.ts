import { DataError } from '../data-error.ts';
import type { ReadExamples } from '../read-examples.ts';
import { splitImages } from '../split.ts';

/**
 * 1 for each example of the test: as the source says, or split off: stratified, or by whole groups.
 *
 * @throws {DataError} if groups can't be split.
 */
export function testExamples(
  { labels, isTest, groups }: ReadExamples,
  testFraction: number,
  where: string,
): Uint8Array {
  if (isTest) return isTest;
  const found = new Uint8Array(labels.length);
  try {
    const request = { trainImages: labels.length, validationFraction: testFraction, splitSeed: SEED };
    for (const index of splitImages(labels, request, groups).validation) found[index] = 1;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new DataError(`${where}: no test data can be split off: ${cause.message}`, { cause });
  }
  return found;
}

/** How many examples are for training and validation, and how many for the test. */
export function countSides(
  examples: ReadExamples,
  testFraction: number,
  where: string,
): { training: number; test: number } {
  const test = testExamples(examples, testFraction, where).reduce((sum, is) => sum + is, 0);
  return { training: examples.labels.length - test, test };
}

// --- helpers ---

/** Always the same: any other would give another data set. */
const SEED = 1;
