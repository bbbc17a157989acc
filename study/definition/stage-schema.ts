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

/** How many runs a candidate can have, each with a seed of its own. */
export const repeatsSchema = z.number().int().min(1).max(100);

const repeatsField = repeatsSchema
  .optional()
  .describe(
    'How many runs each candidate has, each with a seed of its own; they rank by their mean. Left out: one. A profile can say another number.',
  );

const tiesSchema = z.enum(['earlier', 'parameters', 'time']);

const tiesField = tiesSchema
  .optional()
  .describe(
    'Which candidate wins among those within one standard error of the best: the `earlier` one, the one with the fewest `parameters`, or the one that trained for the shortest `time`. With one run, in another measure than `accuracy` and `top-5`, only equal ones are ties. Left out: the best wins, and of equal ones the earlier.',
  );

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
    repeats: repeatsField,
    ties: tiesField,
    candidates: z.array(candidateSchema).min(1).max(1000).describe('What is compared.'),
  })
  .describe('Trains candidates. The one with the best score on the validation images wins.');

const searchStageSchema = z
  .strictObject({
    kind: z.literal('search'),
    ...stageFields,
    ...searchFields,
    repeats: repeatsField,
    ties: tiesField,
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
    repeats: repeatsField.describe(
      'How many runs of each are trained, each beside the ordinary run with the same seed; at most as many as those have. Left out: one. A profile can say another number.',
    ),
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
export type Ties = z.infer<typeof tiesSchema>;
export type Candidate = CompareStage['candidates'][number];
