import { z } from 'zod';
import { plannedNetworkSchema } from './planned-network.ts';
import { searchFields } from './search-schema.ts';
import { nameSchema, proseSchema } from './text-schemas.ts';
import { settingsSchema } from './training-config.ts';

const changeSchema = settingsSchema.extend({ network: plannedNetworkSchema }).partial().meta({
  title: 'Change',
  description:
    'What changes in a configuration: any settings, and the network. Without `from`, a candidate needs a network.',
});

const candidateSchema = z
  .strictObject({
    name: nameSchema.describe(
      'Unique in its stage. A name that begins with `_` is added to the name of the winner that the stage starts from.',
    ),
    change: changeSchema,
    note: proseSchema.optional().describe('What is worth knowing about the candidate; the report shows it.'),
    reduced: z
      .strictObject({
        name: nameSchema.describe('The name of the reduced candidate, which says that it is reduced.'),
        network: plannedNetworkSchema,
      })
      .optional()
      .meta({ title: 'Reduced', description: 'What profiles with `reducedNetworks` train instead.' }),
  })
  .meta({ title: 'Candidate', description: 'A named change to the configuration that a stage starts from.' });

const stageFields = {
  name: nameSchema.describe('Unique in the study.'),
  question: proseSchema.describe('What the stage is to answer.'),
};

const compareStageSchema = z
  .strictObject({
    kind: z.literal('compare'),
    ...stageFields,
    from: nameSchema
      .optional()
      .describe(
        "The earlier stage whose winner the candidates change. Left out: they change the study's `base`.",
      ),
    ranksStart: z
      .boolean()
      .default(false)
      .describe('Also rank the winner that the stage starts from. In a tie, it wins.'),
    candidates: z.array(candidateSchema).min(1).max(1000).describe('What is compared.'),
  })
  .describe('Trains candidates. The one with the highest validation accuracy wins.');

const searchStageSchema = z
  .strictObject({
    kind: z.literal('search'),
    ...stageFields,
    ...searchFields,
  })
  .describe('Trains an earlier winner with settings from a space. The best wins.');

const variantStageSchema = z
  .strictObject({
    kind: z.literal('variant'),
    ...stageFields,
    of: z
      .array(
        z
          .strictObject({
            stage: nameSchema.describe('An earlier `compare` stage.'),
            candidate: nameSchema.describe('A candidate of that stage, as written there.'),
          })
          .meta({ title: 'Reference to a candidate', description: 'A candidate of an earlier stage.' }),
      )
      .min(1)
      .max(100)
      .describe('The candidates to train again.'),
    change: changeSchema,
  })
  .describe('A side experiment without a winner: earlier candidates again, each with one change.');

const repeatStageSchema = z
  .strictObject({
    kind: z.literal('repeat'),
    ...stageFields,
    from: nameSchema.describe('The earlier stage whose winner is trained again.'),
  })
  .describe('A side experiment without a winner: an earlier winner again, with the same seed.');

const testStageSchema = z
  .strictObject({
    kind: z.literal('test'),
    ...stageFields,
    from: nameSchema.describe('The earlier stage whose winner is tested.'),
  })
  .describe('Evaluates an earlier winner on the test images, once. It can only be the last stage.');

export const stageSchema = z
  .discriminatedUnion('kind', [
    compareStageSchema,
    searchStageSchema,
    variantStageSchema,
    repeatStageSchema,
    testStageSchema,
  ])
  .meta({
    title: 'Stage',
    description:
      'One question of the study. Only `compare` and `search` have winners, from which later stages start.',
  });

export type Stage = z.infer<typeof stageSchema>;
export type CompareStage = z.infer<typeof compareStageSchema>;
export type SearchStage = z.infer<typeof searchStageSchema>;
export type VariantStage = z.infer<typeof variantStageSchema>;
export type RepeatStage = z.infer<typeof repeatStageSchema>;
export type Candidate = CompareStage['candidates'][number];
