import { CIFAR10_INPUT, valuesOf } from '../../study/definition/input-form.ts';

const { classes: CLASSES } = CIFAR10_INPUT;
const IMAGE_BYTES = valuesOf(CIFAR10_INPUT);

/** A packed image of CIFAR-10's binary files: its label, then the red, green and blue planes, each row by row. */
export const PACKED_IMAGE_BYTES = 1 + IMAGE_BYTES;

/** Packed images that can't be read; the message says which image and why. */
export class PackedImagesError extends Error {
  override readonly name = 'PackedImagesError';
}

/**
 * Checks that every packed image is complete and has a label from 0 to 9.
 *
 * @param where the file or object, for messages.
 * @returns the number of images.
 * @throws {PackedImagesError} if one is incomplete or its label is out of range, or if there are none.
 */
export function checkPackedImages(packed: Uint8Array, where: string): number {
  const count = packed.length / PACKED_IMAGE_BYTES;
  if (count === 0 || !Number.isInteger(count)) {
    throw new PackedImagesError(
      `${where}: expected one or more packed images of ${PACKED_IMAGE_BYTES} bytes, got ${packed.length} bytes ` +
        `(${Math.floor(count)} images and ${packed.length % PACKED_IMAGE_BYTES} more bytes); the file is cut off or ` +
        'not of this format',
    );
  }
  for (let index = 0; index < count; index++) {
    const label = packed[index * PACKED_IMAGE_BYTES] as number;
    if (label >= CLASSES) {
      throw new PackedImagesError(
        `${where}: expected a label from 0 to ${CLASSES - 1} in image ${index} (counted from 0), got ${label}; ` +
          'the file is damaged or not of this format',
      );
    }
  }
  return count;
}

/**
 * Separates pixels and labels.
 *
 * @throws {PackedImagesError} see {@link checkPackedImages}.
 */
export function unpackImages(packed: Uint8Array, where: string): { pixels: Uint8Array; labels: Uint8Array } {
  const count = checkPackedImages(packed, where);
  const pixels = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const start = index * PACKED_IMAGE_BYTES;
    labels[index] = packed[start] as number;
    pixels.set(packed.subarray(start + 1, start + PACKED_IMAGE_BYTES), index * IMAGE_BYTES);
  }
  return { pixels, labels };
}

/** Number of images of each class, by label. */
export function countLabels(packed: Uint8Array): number[] {
  const counts = new Array<number>(CLASSES).fill(0);
  for (let start = 0; start < packed.length; start += PACKED_IMAGE_BYTES) {
    const label = packed[start] as number;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}
