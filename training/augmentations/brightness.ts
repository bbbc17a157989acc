import { tf } from '../tensorflow/tensorflow.ts';
import type { AugmentationRule } from './augmentation.ts';
import { byFactor } from './colours.ts';

/** Multiplies all values by a factor, as `ColorJitter(brightness)` of torchvision. Draws the factor. */
export function brightness({ amount }: { amount: number }): AugmentationRule {
  return byFactor(amount, (values, factors) => tf.mul(values, factors));
}
