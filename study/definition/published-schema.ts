import { z } from 'zod';
import { nameSchema, proseSchema } from './text-schemas.ts';

/** What of the study's own record stands beside a published result. */
const counterpartSchema = z.discriminatedUnion('kind', [
  /** The stage's trials of these candidates. */
  z.strictObject({ kind: z.literal('trials'), names: z.array(nameSchema).min(1).max(100) }),
  /** The stage's best trial. */
  z.strictObject({ kind: z.literal('best') }),
  /** All trials of the stage that have a score, best first. */
  z.strictObject({ kind: z.literal('ranking') }),
  /** The sentences that answer the stage's question. */
  z.strictObject({ kind: z.literal('answer') }),
  /** The accuracy of the final test. */
  z.strictObject({ kind: z.literal('test') }),
]);

/** Results that the study reproduces or compares itself with. The report shows them beside the study's own. */
export const publishedSchema = z.strictObject({
  /** What the page calls the publication: `The original report`. */
  title: proseSchema,
  /** Where it comes from: authors, year, URL. */
  source: proseSchema.optional(),
  results: z
    .array(
      z.strictObject({
        /** A stage of this study. */
        stage: nameSchema,
        what: proseSchema,
        /** As published. */
        published: proseSchema,
        ours: counterpartSchema,
      }),
    )
    .min(1)
    .max(100),
  /** Why the two can't be compared like for like, whatever the profile. */
  caveats: z.array(proseSchema).max(100).default([]),
});

export type Published = z.infer<typeof publishedSchema>;
export type Counterpart = z.infer<typeof counterpartSchema>;
