import { z } from 'zod';
import { CIFAR10_INPUT, type InputForm, MOST_CLASSES } from './input-form.ts';

const sourceSchema = z
  .string()
  .min(1)
  .max(2_000)
  .optional()
  .describe(
    "A folder, a file or a URL. A path counts from the folder of the study's file. `--dataset` names another. Left out: `--dataset` must name it.",
  );

const classesSchema = z
  .number()
  .int()
  .min(2)
  .max(MOST_CLASSES)
  .describe('Number of classes. Data with another number are refused.');

const testFractionSchema = z
  .number()
  .gt(0)
  .lt(1)
  .default(0.2)
  .describe('The part of each class that becomes test data, if the source has no test data of its own.');

const sizeSchema = z.number().int().min(1).max(1024);

export const normalisationSchema = z
  .union([
    z.literal('training'),
    z
      .strictObject({
        mean: z.array(z.number().min(0).max(1)).min(1).max(3).describe('Of each channel, from 0 to 1.'),
        deviation: z.array(z.number().gt(0).max(1)).min(1).max(3).describe('Of each channel.'),
      })
      .meta({
        title: 'Mean and deviation',
        description:
          'What pixels, scaled to [0, 1], are normalised with: a value for all channels, or one for each.',
      }),
  ])
  .describe(
    "What pixels, scaled to [0, 1], are normalised with: `training`, each channel's mean and standard deviation over the images that a trial trains on, or given ones.",
  );

const imagesSchema = z
  .strictObject({
    kind: z.literal('images'),
    source: sourceSchema,
    classes: classesSchema,
    height: sizeSchema.describe('Height of the prepared images, pixels.'),
    width: sizeSchema.describe('Width of the prepared images, pixels.'),
    channels: z.union([z.literal(1), z.literal(3)]).describe('1 for grey, 3 for colour.'),
    fit: z
      .enum(['crop', 'pad', 'squash'])
      .default('crop')
      .describe(
        'How an image of another shape is resized: `crop` keeps its middle, `pad` adds black borders, `squash` distorts it.',
      ),
    normalisation: normalisationSchema.default('training'),
    testFraction: testFractionSchema,
    groups: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        'Images of one group stay on one side of every split. In a folder or archive: the name of a CSV file with the columns `file` and ' +
          '`group`. In an `.npz` file: the name of an array.',
      ),
  })
  .describe('Images: a folder or an archive of class folders, CIFAR-10, CIFAR-100, IDX, or an `.npz` file.');

const columnSchema = z.string().min(1).max(200);

const tableSchema = z
  .strictObject({
    kind: z.literal('table'),
    source: sourceSchema,
    classes: classesSchema,
    features: z
      .number()
      .int()
      .min(1)
      .max(65_536)
      .describe(
        'Number of values of a row as networks see it: one for each numeric column, and one for each value of a categorical column.',
      ),
    label: columnSchema.describe('The column with the classes.'),
    categorical: z
      .array(columnSchema)
      .max(1_000)
      .default([])
      .describe('Columns whose values are names. All others are numeric.'),
    ignored: z.array(columnSchema).max(1_000).default([]).describe('Columns that are left out.'),
    missing: z
      .enum(['refuse', 'drop', 'fill'])
      .default('refuse')
      .describe(
        'Empty fields: `refuse` the data, `drop` their rows, or `fill` them: in a numeric column with the mean of the training rows, ' +
          'in a categorical one with a value of its own.',
      ),
    testFraction: testFractionSchema,
    groups: columnSchema
      .optional()
      .describe('A column, which is left out: rows with the same value stay on one side of every split.'),
  })
  .describe(
    'A table, for networks of kind `dense`: a CSV or `.npz` file. Numeric columns are standardised by the rows that a trial trains on.',
  );

/** What a study trains on. */
export const dataSchema = z
  .discriminatedUnion('kind', [imagesSchema, tableSchema])
  .meta({ title: 'Data', description: 'What the study trains on. Left out: CIFAR-10.' });

export type StudyData = z.infer<typeof dataSchema>;
export type ImagesData = Extract<StudyData, { kind: 'images' }>;
export type TableData = Extract<StudyData, { kind: 'table' }>;
export type Normalisation = ImagesData['normalisation'];

/** The form of a study's examples. */
export function inputOf({ data }: { data?: StudyData | undefined }): InputForm {
  if (!data) return CIFAR10_INPUT;
  const { classes } = data;
  return data.kind === 'images'
    ? { shape: [data.height, data.width, data.channels], classes }
    : { shape: [data.features], classes };
}
