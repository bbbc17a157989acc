/** What a search stage says: what it draws settings from, how it chooses, and when it ends. */
import { z } from 'zod';
import { nameSchema, proseSchema } from './text-schemas.ts';
import { type Settings, settingsSchema } from './training-config.ts';

/** Settings that no search varies: one would win by leakage, the other says nothing of the result. */
const NEVER_SEARCHED = ['validationFlip', 'threads'] as const;
/** Settings that are objects: a search can vary their fields. */
const OBJECTS = ['optimizer', 'schedule'] as const;

const when = z
  .record(z.string(), z.unknown())
  .optional()
  .describe('Vary it only while other settings of the space have these values. Left out: always.');

const uniformSchema = z
  .strictObject({
    kind: z.literal('uniform'),
    low: z.number().describe('The smallest value.'),
    high: z.number().describe('The largest value; more than `low`.'),
    when,
  })
  .describe('Any number of a range, all equally likely.');
const loguniformSchema = uniformSchema
  .extend({
    kind: z.literal('loguniform'),
    low: z.number().describe('The smallest value; more than 0.'),
  })
  .describe(
    'Any number of a range, whose logarithms are equally likely: as many from 0.001 to 0.01 as from 0.01 to 0.1.',
  );
const quniformSchema = uniformSchema
  .extend({
    kind: z.literal('quniform'),
    q: z.number().gt(0).describe('The step; whole for settings that are whole numbers.'),
  })
  .describe('A number of a range, rounded to a multiple of `q`. The outermost multiples are half as likely.');
const qloguniformSchema = loguniformSchema
  .extend({ kind: z.literal('qloguniform'), q: quniformSchema.shape.q })
  .describe('A number drawn as with `loguniform`, rounded to a multiple of `q`.');
const normalSchema = z
  .strictObject({
    kind: z.literal('normal'),
    mean: z.number().describe('The mean.'),
    deviation: z.number().gt(0).describe('The standard deviation.'),
    low: z
      .number()
      .optional()
      .describe('No smaller value is drawn. Left out: nine deviations below the mean.'),
    high: z
      .number()
      .optional()
      .describe('No larger value is drawn. Left out: nine deviations above the mean.'),
    when,
  })
  .describe('A number of a normal distribution.');
const qnormalSchema = normalSchema
  .extend({ kind: z.literal('qnormal'), q: quniformSchema.shape.q })
  .describe('A number drawn as with `normal`, rounded to a multiple of `q`.');
const lognormalSchema = normalSchema
  .extend({
    kind: z.literal('lognormal'),
    mean: z.number().describe('The mean of the natural logarithm.'),
    deviation: z.number().gt(0).describe('The standard deviation of the natural logarithm.'),
  })
  .describe('A number whose logarithm has a normal distribution; `low` and `high` are of the number itself.');
const qlognormalSchema = lognormalSchema
  .extend({ kind: z.literal('qlognormal'), q: quniformSchema.shape.q })
  .describe('A number drawn as with `lognormal`, rounded to a multiple of `q`.');
const integerSchema = uniformSchema
  .extend({ kind: z.literal('integer') })
  .describe('A whole number from `low` to `high`, all equally likely.');
const choiceSchema = z
  .strictObject({
    kind: z.literal('choice'),
    options: z.array(z.unknown()).min(1).max(100).describe('The values: whatever the setting can have.'),
    when,
  })
  .describe('One of the listed values, all equally likely.');

const distributionSchema = z
  .discriminatedUnion('kind', [
    uniformSchema,
    loguniformSchema,
    quniformSchema,
    qloguniformSchema,
    normalSchema,
    qnormalSchema,
    lognormalSchema,
    qlognormalSchema,
    integerSchema,
    choiceSchema,
  ])
  .meta({
    title: 'Distribution',
    description:
      'What a search draws a setting from. Every value must be allowed for the setting. `when` names other settings of the ' +
      'space and one value of each.',
  });

/** The names of the settings that a search can vary, apart from the network and fields of objects. */
export const SEARCHED_SETTINGS = (Object.keys(settingsSchema.shape) as (keyof Settings)[]).filter(
  (name): name is SearchedSetting => !NEVER_SEARCHED.some((each) => each === name),
);
/** `optimizer.momentum`, `schedule.gamma` and so on. */
export const SEARCHED_FIELDS = OBJECTS.flatMap((setting) =>
  fieldsOf(settingsSchema.shape[setting]).map((field): SearchedField => `${setting}.${field}`),
);

export const searchSpaceSchema = (
  z.strictObject(
    Object.fromEntries(
      [...SEARCHED_SETTINGS, ...SEARCHED_FIELDS, 'network'].map((name) => [
        name,
        distributionSchema.optional(),
      ]),
    ),
  ) as unknown as z.ZodType<SearchSpace, SearchSpace>
).meta({
  title: 'Search space',
  description:
    'The settings that a search varies, at least one, and what it draws them from. `network` is a `choice` of names: of ' +
    'candidates of earlier `compare` stages that have a network. A field such as `optimizer.momentum` needs a choice of ' +
    '`optimizer` beside it.',
});

const startUp = (count: number, how: string) =>
  z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe(`How many ${how} before results count. Left out: ${count}.`);

const samplerSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('random') })
      .describe('Independent draws, whatever the results. The default.'),
    z
      .strictObject({
        kind: z.literal('grid'),
        points: z
          .number()
          .int()
          .min(2)
          .max(1000)
          .optional()
          .describe('Values of a setting whose distribution is continuous. Left out: 5.'),
      })
      .describe('Every combination once.'),
    z
      .strictObject({
        kind: z.literal('tpe'),
        startUp: startUp(20, 'configurations are drawn at random'),
        strict: z
          .literal('hyperopt')
          .optional()
          .describe(
            'As hyperopt 0.3.0 in every detail. Left out: with the corrections that docs/search.md names.',
          ),
      })
      .describe('A tree of Parzen estimators, as in hyperopt: each setting by itself.'),
    z
      .strictObject({
        kind: z.literal('tpe-multivariate'),
        startUp: startUp(10, 'configurations are spread over the space'),
      })
      .describe('The same for all settings together, as in Optuna.'),
  ])
  .meta({ title: 'Sampler', description: 'How a search chooses what it tries next.' });

const budgetSchema = z
  .strictObject({
    hours: z
      .number()
      .gt(0)
      .max(10_000)
      .optional()
      .describe(
        'From the start of the stage, without pauses of the study. What still trains then is stopped.',
      ),
    epochs: z
      .number()
      .gt(0)
      .max(100_000_000)
      .optional()
      .describe(
        'Of all evaluations together, before the profile divides them. What would exceed it is not begun.',
      ),
  })
  .meta({ title: 'Budget', description: 'When a search ends although evaluations are left.' });

const seedSchema = z
  .strictObject({
    study: z
      .string()
      .min(1)
      .max(100)
      .describe(
        "The study's id. Its results must be in the store, and it must have trained on the same images.",
      ),
    stage: nameSchema.describe('A `search` stage of it, with the same space.'),
  })
  .meta({ title: 'Seed', description: 'An earlier search whose trials a search learns from.' });

/** What a search stage has besides the fields of every stage. */
export const searchFields = {
  from: nameSchema.describe('The earlier stage whose winner is varied. It is ranked too, and wins a tie.'),
  note: proseSchema
    .optional()
    .describe('What is worth knowing about the search; `check` and the report show it.'),
  evaluations: z.number().int().min(1).max(10_000).describe('Configurations that are tried.'),
  space: searchSpaceSchema,
  sampler: samplerSchema.optional(),
  parallel: z
    .number()
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'How many are trained side by side. Left out: as many as there are slots while configurations do not depend on results, ' +
        'then 4. It decides what a sampler that learns suggests.',
    ),
  order: z
    .enum(['rounds', 'async'])
    .optional()
    .describe(
      'Of a sampler that learns. `rounds`: the next `parallel` configurations are suggested when all before have ended, so the ' +
        'same are suggested on any machine. `async`: one is suggested whenever one has ended, so no slot waits, but they ' +
        'depend on the order of the ends, which is recorded. Left out: `rounds`.',
    ),
  budget: budgetSchema.optional(),
  seededBy: z
    .array(seedSchema)
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Earlier searches whose completed trials a sampler that learns knows from the start. They are not ranked.',
    ),
};

type SearchedSetting = Exclude<keyof Settings, (typeof NEVER_SEARCHED)[number]>;
type SearchedField = `${(typeof OBJECTS)[number]}.${string}`;
export type SearchParameter = z.infer<typeof distributionSchema>;
export type SearchSpace = {
  [name in SearchedSetting | 'network' | SearchedField]?: SearchParameter | undefined;
};
export type Sampler = z.infer<typeof samplerSchema>;
export type Budget = z.infer<typeof budgetSchema>;
export type Seed = z.infer<typeof seedSchema>;

// --- helpers ---

/** The fields of a setting whose kinds are objects, without `kind` itself. */
function fieldsOf(schema: z.ZodType): string[] {
  const kinds = (schema as unknown as { options: z.ZodObject[] }).options;
  const names = kinds.flatMap(({ shape }) => Object.keys(shape));
  return [...new Set(names)].filter((name) => name !== 'kind');
}
