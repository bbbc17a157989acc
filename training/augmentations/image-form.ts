import { IMAGE_CHANNELS, IMAGE_SIZE } from '../../study/definition/network-shapes.ts';

/** What the images of a data set have in common. */
export interface ImageForm {
  /** [height, width, channels] */
  shape: readonly [number, number, number];
  /** Of each channel, whose values from 0 to 1 are normalised by them. */
  mean: readonly number[];
  deviation: readonly number[];
}

export function imageForm(): ImageForm {
  return {
    shape: [IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS],
    mean: [0.5, 0.5, 0.5],
    deviation: [0.5, 0.5, 0.5],
  };
}
