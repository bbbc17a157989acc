import { z } from 'zod';

const epochs = z.number().int().min(1).max(10_000);

const firstSchema = epochs.describe(
  'Epochs before the first decision. The profile divides them like all epochs.',
);
const factorSchema = z
  .number()
  .int()
  .min(2)
  .max(100)
  .default(3)
  .describe('One of so many goes on at each rung.');

const medianSchema = z
  .strictObject({
    kind: z.literal('median'),
    first: firstSchema,
    every: epochs.default(1).describe('Epochs from one decision to the next; divided like `first`.'),
  })
  .describe('Stops what is behind the median of the trials of earlier rounds, once five have come so far.');

const halvingSchema = z
  .strictObject({ kind: z.literal('halving'), first: firstSchema, factor: factorSchema })
  .describe(
    'Stops all but the best 1 of `factor` of a round, after `first`, `first · factor`, … epochs. Trials of a round wait for each other there.',
  );

const ashaSchema = halvingSchema
  .extend({ kind: z.literal('asha') })
  .describe(
    'As `halving`, but a trial is compared with those that came to its rung before it, so nobody waits, and the order decides too.',
  );

/** When a search stops a trial before its last epoch. Epochs are those of the study, before a profile divides them. */
export const stoppingSchema = z.discriminatedUnion('kind', [medianSchema, halvingSchema, ashaSchema]).meta({
  title: 'Early stopping',
  description:
    'When a search stops a trial before its last epoch. A stopped trial keeps its checkpoint, has no score and cannot win.',
});
