import { z } from 'zod';

/** With more classes, a row is text: a number in JSON that people can read takes a line, so a million would take 14 MB. */
const MOST_AS_NUMBERS = 100;

/**
 * A confusion matrix, `confusion[actual][predicted]`: numbers of images. With more than 100 classes, each row is a text of numbers with
 * spaces between them: 1,000 classes take 2 MB then, however many images there are, or a little more with more than 10 in a cell.
 */
export const confusionSchema = z.union([
  z.array(z.array(z.number().int())),
  z.array(z.string().regex(/^\d+( \d+)*$/, 'whole numbers with spaces between them')),
]);

export type StoredConfusion = z.infer<typeof confusionSchema>;

/** A matrix as it is stored. */
export function storedConfusion(confusion: number[][]): StoredConfusion {
  return confusion.length <= MOST_AS_NUMBERS ? confusion : confusion.map((row) => row.join(' '));
}

/** The matrix as numbers. */
export function confusionOf({ confusion }: { confusion: StoredConfusion }): number[][] {
  return confusion.map((row) => (typeof row === 'string' ? row.split(' ').map(Number) : row));
}
