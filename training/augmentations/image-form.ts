import { type InputForm, imageShape } from '../../study/definition/input-form.ts';
import type { MeanAndDeviation } from '../data/labelled-images.ts';

/** What the images of a data set have in common. */
export interface ImageForm {
  /** [height, width, channels] */
  shape: readonly [height: number, width: number, channels: number];
  /** Of each channel, whose values from 0 to 1 are normalised by them. */
  mean: readonly number[];
  deviation: readonly number[];
}

/**
 * The form of images; undefined for a table.
 *
 * @param normalisation if left out, mean 0.5 and deviation 0.5.
 */
export function imageForm(input: InputForm, normalisation?: MeanAndDeviation): ImageForm | undefined {
  const shape = imageShape(input);
  if (!shape) return undefined;
  const halves = new Array<number>(shape[2]).fill(0.5);
  return { shape, mean: normalisation?.mean ?? halves, deviation: normalisation?.deviation ?? halves };
}
