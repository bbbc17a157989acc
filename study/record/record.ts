import { z } from 'zod';
import { studySchema } from '../definition/study-schema.ts';
import { settingsSchema, trainingConfigSchema } from '../definition/training-config.ts';
import {
  epochLineSchema,
  initialWeightsSchema,
  outcomeSchema,
  scoreInTrainingModeSchema,
  sha256Schema,
} from '../trial/trial.ts';

/** Where a data set's images came from. */
export const datasetOriginSchema = z.strictObject({
  kind: z.enum(['official', 'other', 'generated']),
  /** SHA-256 of the archive; absent for generated images. */
  archiveSha256: sha256Schema.optional(),
  /** The file or address that the archive was read from. */
  source: z.string().optional(),
});

/** A data set as workflows know it: a key into the store, and what is worth telling. */
export const datasetSummarySchema = z.strictObject({
  sha256: sha256Schema,
  trainImages: z.number().int(),
  testImages: z.number().int(),
  /** Names of the classes, by label; absent from what earlier versions stored. */
  classes: z.array(z.string()).optional(),
  origin: datasetOriginSchema,
});

/** Where a study's weights came from. */
export const weightsOriginSchema = z.strictObject({
  /** `official`: one of the files of torchvision's first ImageNet weights of ResNet-50. */
  kind: z.enum(['official', 'other']),
  /** The file or address that they were read from. */
  source: z.string(),
  /** SHA-256 of that file; files of several formats may hold the same weights. */
  fileSha256: sha256Schema,
  format: z.enum(['safetensors', 'torch.save, zip', 'torch.save, legacy']),
});

/** Weights as workflows know them: a key into the store, and what is worth telling. */
export const weightsSummarySchema = z.strictObject({
  /** Of the tensors alone, as the store has them. */
  sha256: sha256Schema,
  tensors: z.number().int().min(1),
  origin: weightsOriginSchema,
});

/** How a trial stands in its stage. */
export const standingSchema = z.strictObject({
  name: z.string(),
  trialKey: sha256Schema.nullable(),
  status: z.enum(['trained', 'skipped']),
  /** How the training ended; null for a skipped trial. */
  outcome: outcomeSchema.nullable(),
  /** Validation accuracy of the best epoch, percent. */
  score: z.number().nullable(),
  bestEpoch: z.number().int().nullable(),
  /** The result was in the store already, from an earlier study or stage. */
  reused: z.boolean(),
  /** It is the run of the winner that the stage started from. */
  takenOver: z.boolean(),
  /** The ordinary trial that a side experiment's trial stands beside. */
  of: z.string().nullable(),
  /** What a search drew, epochs before the profile scales them. */
  suggestion: settingsSchema.partial().nullable(),
  /** Settings that a person changed when the trial was tried again. */
  override: settingsSchema.partial().nullable(),
});

/** The final test in short. */
export const testScoreSchema = z.strictObject({
  images: z.number().int().min(1),
  /** Percent. */
  accuracy: z.number().min(0).max(100),
  /** Nats an image. */
  loss: z.number(),
});

/** `test.json`: the final test of a study's winner. Written once. */
export const studyTestSchema = testScoreSchema.extend({
  format: z.literal(1),
  trialKey: sha256Schema,
  /** `confusion[actual][predicted]`: images. */
  confusion: z.array(z.array(z.number().int())),
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
  /** What its pretrained networks start from; null where all start from scratch. */
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
  /** Why it did not complete. */
  message: z.string().nullable(),
  scoreInTrainingMode: scoreInTrainingModeSchema,
  parameters: z.number().int().nullable(),
  attempts: z.number().int().nullable(),
  trainingSeconds: z.number().nullable(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  /** Digest of the best epoch's weights: equal if and only if they are, to the bit. */
  tensorsSha256: sha256Schema.nullable(),
  lines: z.array(epochLineSchema),
  environment: z.record(z.string(), z.string()).nullable(),
});

/** `record.json`: what came out of a study. */
export const studyRecordSchema = z.strictObject({
  format: z.literal(1),
  opening: studyOpeningSchema,
  finishedAt: z.iso.datetime(),
  stages: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(['compare', 'search', 'variant', 'repeat']),
      question: z.string(),
      /** Name of the winner that it started from. */
      start: z.string().nullable(),
      /** In the order of the candidates; a run that was taken over comes first. */
      trials: z.array(trialRecordSchema),
      /** null for side experiments. */
      winner: z.string().nullable(),
    }),
  ),
  /** null for a study without a test stage. */
  test: studyTestSchema.extend({ stage: z.string(), trial: z.string() }).nullable(),
});

export type DatasetSummary = z.infer<typeof datasetSummarySchema>;
export type WeightsOrigin = z.infer<typeof weightsOriginSchema>;
export type WeightsSummary = z.infer<typeof weightsSummarySchema>;
export type TrialStanding = z.infer<typeof standingSchema>;
export type TestScore = z.infer<typeof testScoreSchema>;
export type StudyTest = z.infer<typeof studyTestSchema>;
export type StudyOpening = z.infer<typeof studyOpeningSchema>;
export type StudyRecord = z.infer<typeof studyRecordSchema>;
export type StageRecord = StudyRecord['stages'][number];
export type TrialRecord = StageRecord['trials'][number];
export type TestRecord = NonNullable<StudyRecord['test']>;
