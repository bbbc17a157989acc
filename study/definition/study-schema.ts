import { z } from 'zod';
import { checkStages } from './check-stages.ts';
import { publishedSchema } from './published-schema.ts';
import { nameSchema, proseSchema } from './text-schemas.ts';
import { networkSchema, reportSettings, settingsSchema } from './training-config.ts';

/** What a candidate changes in the configuration that its stage starts from. */
const changeSchema = settingsSchema.extend({ network: networkSchema }).partial();

const candidateSchema = z.strictObject({
  /** A name that begins with "_" is added to the name of the winner that the stage starts from. */
  name: nameSchema,
  change: changeSchema,
  /** What is worth knowing about the candidate, for the record. */
  note: proseSchema.optional(),
  /** What profiles with `reducedNetworks` train instead, under a name that says so. */
  reduced: z.strictObject({ name: nameSchema, network: networkSchema }).optional(),
});

const uniformSchema = z.strictObject({ kind: z.literal('uniform'), low: z.number(), high: z.number() });
/** Uniform, rounded to a multiple of `q`. */
const quniformSchema = uniformSchema.extend({ kind: z.literal('quniform'), q: z.number().gt(0) });
const choiceSchema = z.strictObject({
  kind: z.literal('choice'),
  options: z.array(z.number()).min(1).max(100),
});
const distributionSchema = z.discriminatedUnion('kind', [uniformSchema, quniformSchema, choiceSchema]);

/** The settings that a search varies, and from what; at least one. */
export const searchSpaceSchema = z.strictObject({
  learningRate: distributionSchema.optional(),
  batchSize: distributionSchema.optional(),
  epochs: distributionSchema.optional(),
  dropout: distributionSchema.optional(),
});

const compareStageSchema = z.strictObject({
  kind: z.literal('compare'),
  name: nameSchema,
  question: proseSchema,
  /** The earlier stage whose winner's configuration the candidates change; without it, the study's base. */
  from: nameSchema.optional(),
  /** Rank the run of the winner that the stage starts from beside its own candidates; ties stay with it. */
  ranksStart: z.boolean().default(false),
  candidates: z.array(candidateSchema).min(1).max(100),
});

/** Draws configurations from a space; ranks the run that it starts from, too. What it promotes keeps its name. */
const searchStageSchema = z.strictObject({
  kind: z.literal('search'),
  name: nameSchema,
  question: proseSchema,
  from: nameSchema,
  /** Configurations drawn and trained. */
  evaluations: z.number().int().min(1).max(1000),
  /** Trained side by side; a suggestion knows the results of those that ended before it. */
  parallel: z.number().int().min(1).max(64).default(1),
  space: searchSpaceSchema,
});

/** A side experiment: candidates of earlier stages once more, each with one change. Nobody wins it. */
const variantStageSchema = z.strictObject({
  kind: z.literal('variant'),
  name: nameSchema,
  question: proseSchema,
  of: z
    .array(z.strictObject({ stage: nameSchema, candidate: nameSchema }))
    .min(1)
    .max(100),
  change: changeSchema,
});

/** A side experiment: an earlier winner once more with the same seed. Nobody wins it. */
const repeatStageSchema = z.strictObject({
  kind: z.literal('repeat'),
  name: nameSchema,
  question: proseSchema,
  from: nameSchema,
});

const testStageSchema = z.strictObject({
  kind: z.literal('test'),
  name: nameSchema,
  question: proseSchema,
  /** The stage whose winner is tested. */
  from: nameSchema,
});

const stageSchema = z.discriminatedUnion('kind', [
  compareStageSchema,
  searchStageSchema,
  variantStageSchema,
  repeatStageSchema,
  testStageSchema,
]);

const imagesSchema = z.union([z.literal('all'), z.number().int().min(20).max(50_000)]);

/** How large a study is run; its shape stays. */
const profileSchema = z.strictObject({
  description: proseSchema,
  /** Training images before the split, the same number of each class. */
  trainImages: imagesSchema,
  testImages: imagesSchema,
  /** Every trial's epochs are divided by this and rounded, to one at least. */
  epochDivisor: z.number().min(1).max(1000),
  /** Where no archive can be had, go on with generated images. */
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
      .transform((base) => ({ ...reportSettings, ...base })),
    stages: z.array(stageSchema).min(1).max(50),
    profiles: z.record(nameSchema, profileSchema),
    published: publishedSchema.optional(),
  })
  .superRefine(checkStages);

export type Study = z.infer<typeof studySchema>;
/** A study as written: what has a default may be left out. */
export type StudyInput = z.input<typeof studySchema>;
export type Stage = Study['stages'][number];
export type CompareStage = Extract<Stage, { kind: 'compare' }>;
export type SearchStage = Extract<Stage, { kind: 'search' }>;
export type VariantStage = Extract<Stage, { kind: 'variant' }>;
export type RepeatStage = Extract<Stage, { kind: 'repeat' }>;
export type SearchSpace = z.infer<typeof searchSpaceSchema>;
export type Candidate = CompareStage['candidates'][number];
export type Profile = Study['profiles'][string];
