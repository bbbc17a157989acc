import { z } from 'zod';
import { checkStages } from './check-stages.ts';
import { publishedSchema } from './published-schema.ts';
import { stageSchema } from './stage-schema.ts';
import { nameSchema, proseSchema } from './text-schemas.ts';
import { defaultSettings, settingsSchema } from './training-config.ts';

const imagesSchema = z.union([z.literal('all'), z.number().int().min(20).max(50_000)]);

/** How large a study is when it is run. Its shape stays the same. */
const profileSchema = z.strictObject({
  description: proseSchema,
  /** Training images before the split, the same number of each class. */
  trainImages: imagesSchema,
  testImages: imagesSchema,
  /** Every trial's epochs are divided by this and rounded, but at least one. */
  epochDivisor: z.number().min(1).max(1000),
  /** Continue with generated images if the archive can't be fetched. */
  generatedImages: z.boolean().default(false),
  /** Train the reduced form of the candidates that have one. */
  reducedNetworks: z.boolean().default(false),
});

/** A study as data. A parsed study has every setting filled in. */
export const studySchema = z
  .strictObject({
    name: nameSchema,
    title: proseSchema,
    /** Every trial's seed: candidates differ by their configuration alone. */
    seed: z.number().int().min(0).max(0x7fff_ffff).default(1),
    splitSeed: z.number().int().min(0).max(0x7fff_ffff).default(1),
    validationFraction: z.number().min(0.01).max(0.9).default(0.2),
    base: settingsSchema
      .partial()
      .default({})
      .transform((base) => ({ ...defaultSettings, ...base })),
    stages: z.array(stageSchema).min(1).max(50),
    profiles: z.record(nameSchema, profileSchema),
    published: publishedSchema.optional(),
  })
  .superRefine(checkStages);

export type Study = z.infer<typeof studySchema>;
/** A study as written: what has a default may be left out. */
export type StudyInput = z.input<typeof studySchema>;
export type Profile = Study['profiles'][string];
