import { CLASSES, IMAGE_CHANNELS, IMAGE_SIZE } from '../../study/definition/network-shapes.ts';
import type { LabelledImages } from '../batches.ts';

/** A record of CIFAR-10's binary files: the label, then the red, green and blue planes, each row by row. */
const IMAGE_BYTES = IMAGE_CHANNELS * IMAGE_SIZE * IMAGE_SIZE;
export const RECORD_BYTES = 1 + IMAGE_BYTES;

/** Records that can't be read; the message says which. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** @returns the number of records. Throws `RecordError` unless every record is whole and its label 0 to 9. */
export function checkRecords(records: Uint8Array, where: string): number {
  const count = records.length / RECORD_BYTES;
  if (count === 0 || !Number.isInteger(count)) {
    throw new RecordError(
      `${where}: expected one or more records of ${RECORD_BYTES} bytes, got ${records.length} bytes ` +
        `(${Math.floor(count)} records and ${records.length % RECORD_BYTES} bytes more); the file is cut off or another`,
    );
  }
  for (let index = 0; index < count; index++) {
    const label = records[index * RECORD_BYTES] as number;
    if (label >= CLASSES) {
      throw new RecordError(
        `${where}: expected a label from 0 to ${CLASSES - 1} in record ${index} (counted from 0), got ${label}; ` +
          'the file is damaged or another',
      );
    }
  }
  return count;
}

/** Takes records apart. Throws `RecordError`, see `checkRecords`. */
export function parseRecords(records: Uint8Array, where: string): LabelledImages {
  const count = checkRecords(records, where);
  const pixels = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const start = index * RECORD_BYTES;
    labels[index] = records[start] as number;
    pixels.set(records.subarray(start + 1, start + RECORD_BYTES), index * IMAGE_BYTES);
  }
  return { pixels, labels };
}

/** Images of each class, by label. */
export function countLabels(records: Uint8Array): number[] {
  const counts = new Array<number>(CLASSES).fill(0);
  for (let start = 0; start < records.length; start += RECORD_BYTES) {
    const label = records[start] as number;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}
