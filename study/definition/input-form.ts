import { z } from 'zod';

/** The most classes that data may have. */
export const MOST_CLASSES = 1_000;

/** The form of a data set's examples: what a network takes, and how many classes it tells apart. */
export const inputFormSchema = z.strictObject({
  /** `[height, width, channels]` of an image, or `[features]` of a row of a table. */
  shape: z.union([
    z.tuple([z.number().int().min(1), z.number().int().min(1), z.number().int().min(1)]),
    z.tuple([z.number().int().min(1)]),
  ]),
  classes: z.number().int().min(2).max(MOST_CLASSES),
});

export type InputForm = z.infer<typeof inputFormSchema>;

/** 32×32 pixels in colour, ten classes. */
export const CIFAR10_INPUT: InputForm = { shape: [32, 32, 3], classes: 10 };

/** The form of a trial's data. Those that say nothing of it have CIFAR-10's. */
export function inputOfTrial({ input }: { input?: InputForm | undefined }): InputForm {
  return input ?? CIFAR10_INPUT;
}

/** Whether two forms are the same. */
export function sameInput(a: InputForm, b: InputForm): boolean {
  return a.classes === b.classes && a.shape.join() === b.shape.join();
}

/** Number of values of an example. */
export function valuesOf({ shape }: InputForm): number {
  return (shape as number[]).reduce((product, length) => product * length, 1);
}

/** `[height, width, channels]`; undefined for a table. */
export function imageShape({ shape }: InputForm): [number, number, number] | undefined {
  return shape.length === 3 ? shape : undefined;
}
