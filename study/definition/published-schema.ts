import { z } from 'zod';
import { nameSchema, proseSchema } from './text-schemas.ts';

const counterpartSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('trials'),
        names: z.array(nameSchema).min(1).max(100).describe('Candidates of the stage.'),
      })
      .describe("The stage's trials of these candidates."),
    z.strictObject({ kind: z.literal('best') }).describe("The stage's best trial."),
    z
      .strictObject({ kind: z.literal('ranking') })
      .describe('All trials of the stage that have a score, best first.'),
    z.strictObject({ kind: z.literal('answer') }).describe("The sentences that answer the stage's question."),
    z
      .strictObject({ kind: z.literal('test') })
      .describe('The score of the final test; only for a `test` stage.'),
  ])
  .meta({
    title: 'Counterpart',
    description: "Which of the study's own results is shown beside a published one.",
  });

export const publishedSchema = z
  .strictObject({
    title: proseSchema.describe('What the report calls the publication: `The original report`.'),
    source: proseSchema.optional().describe('Where it comes from: authors, year, URL.'),
    results: z
      .array(
        z
          .strictObject({
            stage: nameSchema.describe('A stage of this study.'),
            what: proseSchema.describe('What was measured.'),
            published: proseSchema.describe('The result, as published.'),
            ours: counterpartSchema,
          })
          .meta({ title: 'Published result', description: 'One result of the publication.' }),
      )
      .min(1)
      .max(100)
      .describe('The published results, in the order in which the report shows them.'),
    caveats: z
      .array(proseSchema)
      .max(100)
      .default([])
      .describe("Why published and own results can't be compared like for like, whatever the profile."),
  })
  .meta({
    title: 'Published results',
    description: 'Results that the study reproduces. Its report shows them beside its own.',
  });

export type Published = z.infer<typeof publishedSchema>;
export type Counterpart = z.infer<typeof counterpartSchema>;
