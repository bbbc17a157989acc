import { z } from 'zod';
import { nameSchema, proseSchema } from './text-schemas.ts';
import { networkSchema, settingsSchema } from './training-config.ts';

/** What a candidate changes in the configuration that its stage starts from. */
const changeSchema = settingsSchema.extend({ network: networkSchema }).partial();

const candidateSchema = z.strictObject({
  /** A name that begins with "_" is added to the name of the winner that the stage starts from. */
  name: nameSchema,
  change: changeSchema,
  /** A remark about the candidate; the study's record keeps it. */
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

/** The settings that a search varies, at least one, and the distributions it draws them from. */
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
  /** The earlier stage whose winner's configuration the candidates change. Absent: the study's base. */
  from: nameSchema.optional(),
  /** Rank the winner that the stage starts from with its own candidates; in a tie, it wins. */
  ranksStart: z.boolean().default(false),
  candidates: z.array(candidateSchema).min(1).max(100),
});

/** Draws configurations from a space. It also ranks the winner that it starts from, whose name it promotes. */
const searchStageSchema = z.strictObject({
  kind: z.literal('search'),
  name: nameSchema,
  question: proseSchema,
  from: nameSchema,
  /** Configurations drawn and trained. */
  evaluations: z.number().int().min(1).max(1000),
  /** How many are trained side by side. A suggestion knows the results of the trials that ended before it. */
  parallel: z.number().int().min(1).max(64).default(1),
  space: searchSpaceSchema,
});

/** A side experiment without a winner: candidates of earlier stages again, each with one change. */
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

/** A side experiment without a winner: an earlier winner again, with the same seed. */
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

export const stageSchema = z.discriminatedUnion('kind', [
  compareStageSchema,
  searchStageSchema,
  variantStageSchema,
  repeatStageSchema,
  testStageSchema,
]);

export type Stage = z.infer<typeof stageSchema>;
export type CompareStage = z.infer<typeof compareStageSchema>;
export type SearchStage = z.infer<typeof searchStageSchema>;
export type VariantStage = z.infer<typeof variantStageSchema>;
export type RepeatStage = z.infer<typeof repeatStageSchema>;
export type SearchSpace = z.infer<typeof searchSpaceSchema>;
export type Candidate = CompareStage['candidates'][number];
