import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Tensor2D, Tensor4D } from '../tensorflow/tensorflow.ts';
import type { ImageForm } from './image-form.ts';

/** A random change of images. What is random is drawn outside of the graph, and comes with each batch. */
export interface AugmentationRule {
  /** How many numbers it draws for an image. */
  draws: number;
  /** Draws an image's numbers. */
  draw(random: RandomGenerator, form: ImageForm): number[];
  /**
   * Uses operations on tensors only, so that it can be traced: it reads no value and changes nothing in place.
   *
   * @param x [batch, height, width, channels], normalised.
   * @param draws [batch, draws].
   */
  apply(x: Tensor4D, draws: Tensor2D, form: ImageForm): Tensor4D;
}

/** A number from 0 to 1, without 1, of 24 bits: exact in float32. */
export function uniform(random: RandomGenerator): number {
  return (random.next() >>> 8) * 2 ** -24;
}
