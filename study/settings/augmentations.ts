/** The augmentations: their settings and names. What one does to a batch is in its file in `training/augmentations/`. */
import { z } from 'zod';

const crop = z
  .strictObject({
    kind: z.literal('crop'),
    padding: z.number().int().min(1).max(64).describe('Black pixels added on every side before the cut.'),
  })
  .describe(
    "An image's size is cut out of the padded image at a random place, as with PyTorch's RandomCrop.",
  );

const cutout = z
  .strictObject({
    kind: z.literal('cutout'),
    size: z.number().int().min(1).max(512).describe('Edge of the square, in pixels.'),
  })
  .describe(
    'A square around a random pixel becomes as grey as the mean of the normalised images. Where it would lie outside the image, ' +
      'it is smaller.',
  );

const brightness = z
  .strictObject({
    kind: z.literal('brightness'),
    amount: z
      .number()
      .gt(0)
      .max(1)
      .describe('The factor is between 1 − `amount` and 1 + `amount`, all equally likely.'),
  })
  .describe("All values are multiplied by a random factor, as with PyTorch's ColorJitter.");

const contrast = z
  .strictObject({ kind: z.literal('contrast'), amount: brightness.shape.amount })
  .describe(
    "The differences to the image's mean grey are multiplied by a random factor, as with PyTorch's ColorJitter.",
  );

export const augmentationSchema = z
  .discriminatedUnion('kind', [crop, cutout, brightness, contrast])
  .meta({ title: 'Augmentation', description: 'A random change of training images.' });

export type Augmentation = z.infer<typeof augmentationSchema>;

/** An augmentation as a list of settings has it: `crop padding 4`. */
export function augmentationInWords({ kind, ...settings }: Augmentation): string {
  return [kind, ...Object.entries(settings).map(([name, value]) => `${name} ${value}`)].join(' ');
}
