import { areInFile, type HeldImages, type LabelledImages, type Pixels } from './labelled-images.ts';

/**
 * Keeps only the images that an index refers to, in their order, so that the device holds no others. Images in a file stay there.
 *
 * @returns the images, and each list of indices as indices of these images.
 */
export function usedImages(
  images: LabelledImages,
  lists: readonly Int32Array[],
): { images: LabelledImages; indices: Int32Array[] } {
  if (areInFile(images)) return { images, indices: [...lists] };
  const { pixels, labels, ...rest } = images as HeldImages;
  const positions = new Int32Array(labels.length).fill(-1);
  for (const list of lists) for (const index of list) positions[index] = 0;
  const used = Int32Array.from(positions.keys()).filter((index) => positions[index] === 0);
  if (used.length === labels.length) return { images: { pixels, labels, ...rest }, indices: [...lists] };

  const values = pixels.length / labels.length;
  const usedPixels = new (pixels.constructor as new (length: number) => Pixels)(used.length * values);
  for (const [position, index] of used.entries()) {
    positions[index] = position;
    usedPixels.set(pixels.subarray(index * values, (index + 1) * values), position * values);
  }
  return {
    images: {
      pixels: usedPixels,
      labels: Uint16Array.from(used, (index) => labels[index] as number),
      ...rest,
    },
    indices: lists.map((list) => list.map((index) => positions[index] as number)),
  };
}
