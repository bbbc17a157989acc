import { z } from 'zod';
import { measureSchema } from '../trial/measure.ts';
import { checkStages } from './checks/check-stages.ts';
import { dataSchema } from './data-schema.ts';
import { publishedSchema } from './published-schema.ts';
import { repeatsSchema, stageSchema } from './stage-schema.ts';
import { nameSchema, proseSchema } from './text-schemas.ts';
import { defaultSettings, settingsSchema } from './training-config.ts';

const imagesSchema = z.union([z.literal('all'), z.number().int().min(20).max(10_000_000)]);

const profileSchema = z
  .strictObject({
    description: proseSchema.describe('What the profile is for; `check` and the report show it.'),
    trainImages: imagesSchema.describe('Training images before the split, the same number of each class.'),
    testImages: imagesSchema.describe('Images of the final test, the same number of each class.'),
    epochDivisor: z
      .number()
      .min(1)
      .max(1000)
      .describe(
        "Every trial's epochs are divided by this and rounded to whole ones, a half upwards, but at least one.",
      ),
    generatedImages: z
      .boolean()
      .default(false)
      .describe("Continue with generated images if the archive can't be fetched."),
    reducedNetworks: z
      .boolean()
      .default(false)
      .describe('Train the reduced form of the candidates that have one.'),
    repeats: z
      .union([repeatsSchema, z.record(nameSchema, repeatsSchema)])
      .optional()
      .describe(
        'How many runs each candidate has, whatever the stages say: one number for all stages, or a number by the name of a stage.',
      ),
  })
  .meta({ title: 'Profile', description: 'How large a study is when it is run. Its stages stay the same.' });

/** A study as data. A parsed study has every setting filled in. */
export const studySchema = z
  .strictObject({
    name: nameSchema.describe('Its ids begin with the name: `widths-small-1`.'),
    title: proseSchema.describe('The heading of its report.'),
    seed: z
      .number()
      .int()
      .min(0)
      .max(0x7fff_ffff)
      .default(1)
      .describe("Every trial's seed: candidates differ by their configuration alone."),
    splitSeed: z
      .number()
      .int()
      .min(0)
      .max(0x7fff_ffff)
      .default(1)
      .describe('The seed of the split into training and validation images.'),
    validationFraction: z
      .number()
      .min(0.01)
      .max(0.9)
      .default(0.2)
      .describe('The part of the training images that is held out to score trials.'),
    rankBy: measureSchema.optional(),
    data: dataSchema.optional(),
    base: settingsSchema
      .partial()
      .default({})
      .transform((base) => ({ ...defaultSettings, ...base }))
      .meta({
        title: 'Settings',
        description:
          'The settings that apply until a stage changes them. Those left out have their defaults.',
      }),
    stages: z.array(stageSchema).min(1).max(50).describe('The stages, in the order in which they run.'),
    profiles: z
      .record(nameSchema, profileSchema)
      .describe('How large the study can be run, by name; at least one. The first is the default.'),
    published: publishedSchema.optional(),
  })
  .superRefine(checkStages);

export type Study = z.infer<typeof studySchema>;
/** A study as written: what has a default may be left out. */
export type StudyInput = z.input<typeof studySchema>;
export type Profile = Study['profiles'][string];
