import { z } from 'zod';
import { studySchema } from '../definition/study-schema.ts';
import { trainedSettingsSchema, trainingConfigSchema } from '../definition/training-config.ts';
import { earlierEnvironmentsSchema, environmentSchema } from '../trial/environment.ts';
import { otherMeasureSchema } from '../trial/measure.ts';
import {
  epochLineSchema,
  initialWeightsSchema,
  outcomeSchema,
  scoreInTrainingModeSchema,
  sha256Schema,
} from '../trial/trial.ts';
import {
  changesSchema,
  optimismSchema,
  testMeanSchema,
  testRunSchema,
  verdictSchema,
} from './comparison-record.ts';
import { confusionSchema } from './confusion.ts';
import { searchRecordSchema, suggestionSchema } from './search-record.ts';

/** Where a data set's images come from. */
export const datasetOriginSchema = z.strictObject({
  /** `own`: a study's own data. */
  kind: z.enum(['official', 'other', 'generated', 'own']),
  /** SHA-256 of the archive. Absent for generated images. */
  archiveSha256: sha256Schema.optional(),
  /** The file or URL that the archive was read from. */
  source: z.string().optional(),
});

/** What people want to know of data, by label where it is a list of numbers. */
export const dataSummarySchema = z.strictObject({
  counts: z.strictObject({
    training: z.array(z.number().int().min(0)),
    test: z.array(z.number().int().min(0)),
  }),
  /** `[width, height]` of images before they were resized, and how many different ones there are. */
  sizes: z
    .strictObject({
      smallest: z.tuple([z.number().int(), z.number().int()]),
      largest: z.tuple([z.number().int(), z.number().int()]),
      different: z.number().int(),
    })
    .exactOptional(),
  /** Examples that equal an earlier one, as prepared. */
  duplicates: z.strictObject({
    withinTraining: z.number().int().min(0),
    testInTraining: z.number().int().min(0),
  }),
  /** Images, as PNG in base64. */
  examples: z.array(z.strictObject({ label: z.number().int(), png: z.string() })).exactOptional(),
  /** Of a table: the columns that networks see. */
  columns: z.array(z.string()).exactOptional(),
});

/** A data set as workflows know it: its key in the store, and what people want to know of it. */
export const datasetSummarySchema = z.strictObject({
  sha256: sha256Schema,
  trainImages: z.number().int(),
  testImages: z.number().int(),
  /** Names of the classes, by label; absent from what earlier versions stored. */
  classes: z.array(z.string()).optional(),
  origin: datasetOriginSchema,
  /** In a record, of data of one's own. */
  summary: dataSummarySchema.exactOptional(),
});

/** Where a study's weights come from. */
export const weightsOriginSchema = z.strictObject({
  /** `official`: one of the files of torchvision's first ImageNet weights of ResNet-50. */
  kind: z.enum(['official', 'other']),
  /** The file or URL that they were read from. */
  source: z.string(),
  /** SHA-256 of that file. Files of different formats can hold the same weights. */
  fileSha256: sha256Schema,
  format: z.enum(['safetensors', 'torch.save, zip', 'torch.save, legacy']),
});

/** Weights as workflows know them: their key in the store, and what people want to know of them. */
export const weightsSummarySchema = z.strictObject({
  /** Of the tensors as the store has them, whatever the file's format. */
  sha256: sha256Schema,
  tensors: z.number().int().min(1),
  origin: weightsOriginSchema,
});

/** How a trial that was trained again compares with the result that the store had: `--retrain`. */
export const retrainedSchema = z.strictObject({
  /** Key of the last repetition before this one. */
  earlier: sha256Schema,
  /** Whether the best epochs' weights are bit-identical; null if one of the two trials has none. */
  sameWeights: z.boolean().nullable(),
  /** The first epoch with another loss or accuracy, or that only one of them has; null if there is none. */
  firstDifferentEpoch: z.number().int().min(1).nullable(),
  /** Whether both trained on the same device, build and number of threads. */
  sameEnvironment: z.boolean(),
});

/** How far a trial came that its search stopped early. */
const stoppedSchema = z.strictObject({
  /** The rung. */
  epoch: z.number().int().min(1),
  /** Of the best epoch up to there, as a score. It doesn't rank with scores, which are of all epochs. */
  score: z.number(),
});

/** A trial's place in its stage, and its result. */
export const standingSchema = z.strictObject({
  name: z.string(),
  /** The candidate whose second or later run this is. Absent from a first run, which has the candidate's name. */
  candidate: z.string().exactOptional(),
  trialKey: sha256Schema.nullable(),
  /** `stopped`: early, by its search. It has a checkpoint and no result, and can be trained to its end. */
  status: z.enum(['trained', 'skipped', 'stopped']),
  /** How the trial ended; null if it was skipped or stopped. */
  outcome: outcomeSchema.nullable(),
  /** Of the best epoch on the validation images: percent, or nats an image for `loss`. */
  score: z.number().nullable(),
  /** Of its score. Absent: accuracy. */
  measure: otherMeasureSchema.exactOptional(),
  bestEpoch: z.number().int().nullable(),
  /** The store had the result already, from an earlier study or stage. */
  reused: z.boolean(),
  /** It is the winner that the stage started from, ranked again. */
  takenOver: z.boolean(),
  /** The ordinary trial that a side experiment's trial is compared with. */
  of: z.string().nullable(),
  /** What a search drew; epochs as the study counts them, before the profile divides them. */
  suggestion: suggestionSchema.nullable(),
  /** Settings that a person changed when retrying the trial. */
  override: trainedSettingsSchema.partial().nullable(),
  /** Why it did not complete, in a sentence. */
  message: z.string().nullable().default(null),
  /** By which a stage may decide ties. Absent from what earlier versions stored, and if the trial was skipped. */
  parameters: z.number().int().nullable().exactOptional(),
  trainingSeconds: z.number().nullable().exactOptional(),
  /** Absent unless the trial was trained again beside an earlier result. */
  retrained: retrainedSchema.exactOptional(),
  /** Absent unless the search stopped it. */
  stopped: stoppedSchema.exactOptional(),
  /** How many trials had come to each of its rungs before it; absent unless that decided (`asha`). */
  arrivals: z.array(z.number().int().min(0)).exactOptional(),
});

/** The result of the final test of a trial, in brief. */
export const testScoreSchema = z.strictObject({
  images: z.number().int().min(1),
  /** Percent. */
  accuracy: z.number().min(0).max(100),
  /** Nats an image. */
  loss: z.number(),
  /** In the measure by which the study ranks: percent, or nats an image. Both are absent if that is accuracy. */
  measure: otherMeasureSchema.exactOptional(),
  score: z.number().min(0).exactOptional(),
});

/** `tests/<trialKey>.json`: a study's final test of one trial. Written once. */
export const studyTestSchema = testScoreSchema.extend({
  format: z.literal(1),
  trialKey: sha256Schema,
  /** See `confusion.ts`. */
  confusion: confusionSchema,
  /** The blob that holds the class probabilities. */
  predictions: z.strictObject({ sha256: sha256Schema, sizeBytes: z.number().int() }),
});

/** `study.json`: what a study was started with. Written once. */
export const studyOpeningSchema = z.strictObject({
  format: z.literal(1),
  studyId: z.string(),
  study: studySchema,
  profile: z.string(),
  dataset: datasetSummarySchema,
  /** What its pretrained networks start from; null if all start from scratch. */
  weights: weightsSummarySchema.nullable().default(null),
  /** Networks that the study has as pretrained started from scratch: `--from-scratch`. */
  fromScratch: z.boolean().default(false),
  numerics: z.number().int(),
  startedAt: z.iso.datetime(),
});

const trialRecordSchema = standingSchema.extend({
  /** null for a skipped trial. */
  config: trainingConfigSchema.nullable(),
  seed: z.number().int().nullable(),
  repetition: z.number().int().nullable(),
  /** `scratch`, or the SHA-256 of the weights that it started from. */
  initialWeights: initialWeightsSchema.nullable().default(null),
  /** Why it did not complete, in full. */
  message: z.string().nullable(),
  scoreInTrainingMode: scoreInTrainingModeSchema,
  parameters: z.number().int().nullable(),
  attempts: z.number().int().nullable(),
  trainingSeconds: z.number().nullable(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  /** Digest of the best epoch's weights: equal if and only if the weights are equal bit for bit. */
  tensorsSha256: sha256Schema.nullable(),
  lines: z.array(epochLineSchema),
  environment: environmentSchema.nullable(),
  /** Absent if all of it was trained there. */
  earlierEnvironments: earlierEnvironmentsSchema.exactOptional(),
});

/** `stages/<stage>.json`: the results of a stage. */
export const stageRecordSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['compare', 'search', 'variant', 'repeat']),
  question: z.string(),
  /** Name of the winner that the stage started from. */
  start: z.string().nullable(),
  /** In the order of the candidates. A trial that was taken over comes first. */
  trials: z.array(trialRecordSchema),
  /** The winning candidate; null for side experiments. */
  winner: z.string().nullable(),
  /** Whether its lead is more than chance; null if there is nothing to compare. Absent from side experiments and earlier versions' records. */
  verdict: verdictSchema.nullable().exactOptional(),
  /** Of a variant: what its change does. Absent from earlier versions' records. */
  changes: changesSchema.exactOptional(),
  /** Only of a search; absent from what earlier versions stored. */
  search: searchRecordSchema.exactOptional(),
});

/** `record.json`: the results of a study. */
export const studyRecordSchema = z.strictObject({
  format: z.literal(1),
  opening: studyOpeningSchema,
  finishedAt: z.iso.datetime(),
  stages: z.array(stageRecordSchema),
  /** Of the winner's first run that has a score; null for a study without a test stage. */
  test: studyTestSchema
    .extend({
      stage: z.string(),
      trial: z.string(),
      /** Each of the winner's runs, and all of them. Absent from earlier versions' records. */
      runs: z.array(testRunSchema).min(1).exactOptional(),
      mean: testMeanSchema.exactOptional(),
      /** null if the store lacks hits, and if the study ranks by something else than accuracy. Absent from earlier versions' records. */
      optimism: optimismSchema.nullable().exactOptional(),
      /** Tests of trials that had won before the study was reset, which this one replaces: the test images were seen then. */
      supersedes: z.array(testScoreSchema.extend({ trialKey: sha256Schema })).exactOptional(),
    })
    .nullable(),
});

/** A test in brief. */
export function testInBrief({ images, accuracy, loss, measure, score }: TestScore): TestScore {
  const inMeasure = measure && score !== undefined ? { measure, score } : {};
  return { images, accuracy, loss, ...inMeasure };
}

export type DataSummary = z.infer<typeof dataSummarySchema>;
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;
export type WeightsOrigin = z.infer<typeof weightsOriginSchema>;
export type WeightsSummary = z.infer<typeof weightsSummarySchema>;
export type Retrained = z.infer<typeof retrainedSchema>;
export type TrialStanding = z.infer<typeof standingSchema>;
export type TestScore = z.infer<typeof testScoreSchema>;
export type StudyTest = z.infer<typeof studyTestSchema>;
export type StudyOpening = z.infer<typeof studyOpeningSchema>;
export type StudyRecord = z.infer<typeof studyRecordSchema>;
export type StageRecord = z.infer<typeof stageRecordSchema>;
export type TrialRecord = StageRecord['trials'][number];
export type TestRecord = NonNullable<StudyRecord['test']>;
