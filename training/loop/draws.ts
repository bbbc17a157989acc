import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { drawNumbers, drawsOf } from '../augmentations/augmentations.ts';
import type { ImageForm } from '../augmentations/image-form.ts';

export interface EpochImages {
  /** Indices of the training images. */
  training: Int32Array;
  /** The same in the epoch's order. */
  order: Int32Array;
  seed: number;
  epoch: number;
}

/**
 * What the augmentations draw for each image of an epoch. The draws of an image don't depend on the order.
 *
 * @param form of the images; undefined for a table, which has no augmentations.
 * @returns [images, draws], in the epoch's order; undefined without augmentations.
 */
export function drawsInOrder(
  { augmentations = [] }: Pick<TrainingConfig, 'augmentations'>,
  form: ImageForm | undefined,
  { training, order, seed, epoch }: EpochImages,
): Float32Array | undefined {
  if (!form || augmentations.length === 0) return undefined;
  const numbers = drawNumbers({ augmentations, form, count: training.length, seed, epoch });
  const width = drawsOf(augmentations);
  const places = new Map(Array.from(training, (image, place) => [image, place]));
  const ordered = new Float32Array(numbers.length);
  for (const [position, image] of order.entries()) {
    const from = (places.get(image) as number) * width;
    ordered.set(numbers.subarray(from, from + width), position * width);
  }
  return ordered;
}
