import type { Augmentation } from '../../study/definition/training-config.ts';
import { randomStream } from '../../study/trial/random-stream.ts';
import { type Tensor2D, type Tensor4D, tf } from '../tensorflow/tensorflow.ts';
import type { AugmentationRule } from './augmentation.ts';
import { brightness } from './brightness.ts';
import { contrast } from './contrast.ts';
import { crop } from './crop.ts';
import { cutout } from './cutout.ts';
import type { ImageForm } from './image-form.ts';

/** Every augmentation that a configuration may name. */
const RULES: {
  [Kind in Augmentation['kind']]: (augmentation: Extract<Augmentation, { kind: Kind }>) => AugmentationRule;
} = { crop, cutout, brightness, contrast };

/** How many numbers an image's augmentations draw together. */
export function drawsOf(augmentations: readonly Augmentation[]): number {
  return augmentations.reduce((sum, augmentation) => sum + ruleOf(augmentation).draws, 0);
}

export interface DrawsRequest {
  augmentations: readonly Augmentation[];
  form: ImageForm;
  /** Number of training images. */
  count: number;
  seed: number;
  epoch: number;
}

/**
 * Draws an epoch's numbers. Those of an image depend on its place among the training images, seed and epoch, and not on the order
 * in which they are trained on. Those of an augmentation don't depend on which others there are.
 *
 * @returns [count, draws]: the numbers of each image, in the order of the training images.
 */
export function drawNumbers({ augmentations, form, count, seed, epoch }: DrawsRequest): Float32Array {
  const width = drawsOf(augmentations);
  const numbers = new Float32Array(count * width);
  let start = 0;
  for (const augmentation of augmentations) {
    const { draw, draws } = ruleOf(augmentation);
    const random = randomStream('augmentation', augmentation.kind, seed, epoch);
    for (let image = 0; image < count; image++) numbers.set(draw(random, form), image * width + start);
    start += draws;
  }
  return numbers;
}

/**
 * A batch of images with their augmentations, one after another. Can be traced.
 *
 * @param x [batch, height, width, channels], normalised.
 * @param draws [batch, draws]: their rows of {@link drawNumbers}.
 */
export function augmented(
  augmentations: readonly Augmentation[],
  x: Tensor4D,
  draws: Tensor2D,
  form: ImageForm,
): Tensor4D {
  let images = x;
  let start = 0;
  for (const augmentation of augmentations) {
    const rule = ruleOf(augmentation);
    images = rule.apply(images, tf.slice(draws, [0, start], [-1, rule.draws]), form);
    start += rule.draws;
  }
  return images;
}

// --- helpers ---

function ruleOf(augmentation: Augmentation): AugmentationRule {
  const create = RULES[augmentation.kind] as (augmentation: Augmentation) => AugmentationRule;
  return create(augmentation);
}
