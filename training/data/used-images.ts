import type { LabelledImages } from './labelled-images.ts';

/**
 * Keeps only the images that an index refers to, in their order, so that the device holds no others.
 *
 * @returns the images, and each list of indices as indices of these images.
 */
export function usedImages(
  { pixels, labels }: LabelledImages,
  lists: readonly Int32Array[],
): { images: LabelledImages; indices: Int32Array[] } {
  const positions = new Int32Array(labels.length).fill(-1);
  for (const list of lists) for (const index of list) positions[index] = 0;
  const used = Int32Array.from(positions.keys()).filter((index) => positions[index] === 0);
  if (used.length === labels.length) return { images: { pixels, labels }, indices: [...lists] };

  const bytes = pixels.length / labels.length;
  const usedPixels = new Uint8Array(used.length * bytes);
  for (const [position, index] of used.entries()) {
    positions[index] = position;
    usedPixels.set(pixels.subarray(index * bytes, (index + 1) * bytes), position * bytes);
  }
  return {
    images: { pixels: usedPixels, labels: Uint8Array.from(used, (index) => labels[index] as number) },
    indices: lists.map((list) => list.map((index) => positions[index] as number)),
  };
}
