import { z } from 'zod';
import { nameSchema } from '../definition/text-schemas.ts';
import { settingsSchema } from '../definition/training-config.ts';
import { sha256Schema } from '../trial/trial.ts';

/**
 * What a search changes in the configuration that it starts from. Epochs are as the study counts them, and the network is the name
 * of an earlier stage's candidate.
 */
export const suggestionSchema = settingsSchema.partial().extend({ network: nameSchema.optional() });

/** A trial of an earlier search, from which a later one learns. */
export const seedTrialSchema = z.strictObject({
  study: z.string(),
  stage: z.string(),
  name: z.string(),
  trialKey: sha256Schema.nullable(),
  /** In the measure of the search that learns from it: percent, or nats an image. */
  score: z.number(),
  suggestion: suggestionSchema,
});

/** How a search ended. */
export const searchEndSchema = z.strictObject({
  /** `exhausted`: its space has no more configurations. `budget`: its time or its epochs were used up. */
  end: z.enum(['completed', 'exhausted', 'budget']),
  /** How many have ended. */
  evaluations: z.number().int(),
  /** How many were stopped while they trained or waited, because the time was over. They can be resumed. */
  stopped: z.number().int().exactOptional(),
});

/** What a stage's record says of its search, beside its trials. */
export const searchRecordSchema = searchEndSchema.extend({
  /** Trials of earlier searches that it knew from the start; absent without any. */
  seeds: z.array(seedTrialSchema).exactOptional(),
  /** Numbers of the evaluations, from 1, in the order in which they ended: only if suggestions depended on it (`async`). */
  arrivals: z.array(z.number().int()).exactOptional(),
});

export type Suggestion = z.infer<typeof suggestionSchema>;
export type SeedTrial = z.infer<typeof seedTrialSchema>;
export type SearchEnd = z.infer<typeof searchEndSchema>;
export type SearchRecord = z.infer<typeof searchRecordSchema>;
