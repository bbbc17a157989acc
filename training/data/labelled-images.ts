import type { ExampleFile } from './example-file.ts';

/** Class numbers, from 0. */
export type Labels = Uint8Array | Uint16Array;

/** Values of images or rows, one after another. */
export type Pixels = Uint8Array | Float32Array;

/** Mean and standard deviation of each channel of images, of values from 0 to 1; or of each feature of a table. */
export interface MeanAndDeviation {
  mean: readonly number[];
  deviation: readonly number[];
}

/** Images with their classes. The rows of a table count as images. */
export interface LabelledImages<Held extends Pixels | ExampleFile = Pixels | ExampleFile> {
  /**
   * Of n images n × channels × height × width bytes: for each image one plane after another, each row by row. Of a table
   * n × features values; NaN stands for what is missing. Or a file that has them.
   */
  pixels: Held;
  /** n class numbers. */
  labels: Labels;
  /** Absent: bytes become values from −1 to 1, which is mean 0.5 and deviation 0.5. */
  normalisation?: MeanAndDeviation;
}

/** Images that are held in memory. */
export type HeldImages = LabelledImages<Pixels>;

/** Whether images stay in a file. */
export function areInFile(images: LabelledImages): images is LabelledImages<ExampleFile> {
  return 'layout' in images.pixels;
}
