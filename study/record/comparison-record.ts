/**
 * What a record holds of comparisons: see docs/search.md. Percentages and points, or nats an image if a study ranks by loss; intervals are of
 * 95 %.
 */
import { z } from 'zod';
import { type Measured, measuredBy, otherMeasureSchema } from '../trial/measure.ts';
import { sha256Schema } from '../trial/trial.ts';

const intervalSchema = z.strictObject({ low: z.number(), high: z.number() });

const pairedSchema = z.strictObject({
  /** How many pairs. */
  seeds: z.number().int().min(2),
  mean: z.number(),
  /** Of the pairs' differences. */
  deviation: z.number(),
  /** Of the mean. */
  interval: intervalSchema,
  p: z.number(),
});

const imageDifferenceSchema = z.strictObject({
  images: z.number().int().min(1),
  onlyWinner: z.number().int(),
  onlyRival: z.number().int(),
  p: z.number(),
  interval: intervalSchema,
});

/** How a stage's winner compares with another candidate. */
export const leadSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['clear', 'likely', 'runs differ', 'not told apart']),
  seeds: z.number().int().min(1),
  /** By how much the winner is better: more than 0 if it is ahead, also where less is better. */
  difference: z.number(),
  paired: pairedSchema.nullable(),
  /** Corrected for the number of candidates. */
  p: z.number().nullable(),
  /** Of two runs with the same seed; null if the store lacks the hits of one, and in another measure than accuracy. */
  onImages: imageDifferenceSchema.nullable(),
});

export const verdictSchema = z.strictObject({
  kind: leadSchema.shape.kind,
  /** With the best of the others, at most 100, the best first. */
  leads: z.array(leadSchema),
  seedsToTell: z.number().int().nullable(),
  /** Absent: accuracy. */
  measure: otherMeasureSchema.exactOptional(),
});

/** What a variant's change does to its candidates. */
export const changesSchema = z.strictObject({
  pairs: z.array(
    z.strictObject({
      name: z.string(),
      of: z.string(),
      seeds: z.number().int().min(1),
      difference: z.number(),
      paired: pairedSchema.nullable(),
      /** The changed run is the winner, the ordinary one the rival. */
      onImages: imageDifferenceSchema.nullable(),
    }),
  ),
  /** Over all pairs of a candidate and a seed. */
  overall: pairedSchema.nullable(),
  /** Absent: accuracy. */
  measure: otherMeasureSchema.exactOptional(),
});

/** The final test of one of the winner's runs. */
export const testRunSchema = z.strictObject({
  trial: z.string(),
  trialKey: sha256Schema,
  seed: z.number().int(),
  accuracy: z.number().min(0).max(100),
  loss: z.number(),
  /** Of the accuracy: Wilson's, of the test images. */
  interval: intervalSchema,
  /** In the measure by which the study ranks; absent if that is accuracy. */
  score: z.number().exactOptional(),
  /** Of the score, over the test images: Wilson's for `top-5`, else by bootstrap; absent for a loss. */
  scoreInterval: intervalSchema.exactOptional(),
});

/** The final test over the winner's runs. */
export const testMeanSchema = z.strictObject({
  accuracy: z.number().min(0).max(100),
  loss: z.number(),
  /** Of the runs' accuracies; null with one run. */
  deviation: z.number().nullable(),
  /** Wilson's, of an accuracy that is this mean on the test images. */
  interval: intervalSchema,
  /** Of the scores; absent if the study ranks by accuracy. Its deviation is null with one run. */
  score: z.number().exactOptional(),
  scoreDeviation: z.number().nullable().exactOptional(),
});

/** What choosing the best epoch of the best candidate has added to the winner's validation accuracy. */
export const optimismSchema = z.strictObject({
  points: z.number(),
  /** Among how many it was chosen, with how many runs and epochs. */
  candidates: z.number().int().min(1),
  runs: z.number().int().min(1),
  epochs: z.number().int().min(1),
  images: z.number().int().min(1),
});

export type VerdictRecord = z.infer<typeof verdictSchema>;
export type LeadRecord = z.infer<typeof leadSchema>;
export type ChangesRecord = z.infer<typeof changesSchema>;
export type TestRun = z.infer<typeof testRunSchema>;
export type TestMean = z.infer<typeof testMeanSchema>;
export type OptimismRecord = z.infer<typeof optimismSchema>;

/** What a study's workflow knows of a stage's verdict. */
export interface VerdictInBrief extends Measured {
  kind: VerdictRecord['kind'];
  seedsToTell: number | null;
  /** How many candidates the winner is compared with. */
  rivals: number;
  /** The candidate that is told apart least: the best-ranked of them. */
  closest: LeadRecord;
}

/** What is said of a verdict in brief. */
export function inBrief(verdict: VerdictRecord): VerdictInBrief {
  const { kind, seedsToTell, leads, measure } = verdict;
  const closest = leads.find((lead) => lead.kind === kind);
  if (!closest) throw new Error(`expected a verdict with a lead that is "${kind}", found none`);
  return { kind, seedsToTell, rivals: leads.length, closest, ...measuredBy(measure) };
}
