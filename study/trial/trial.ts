import { z } from 'zod';
import { normalisationSchema } from '../definition/data-schema.ts';
import { inputFormSchema } from '../definition/input-form.ts';
import { trainingConfigSchema } from '../definition/training-config.ts';
import { type Measure, meritOf, otherMeasureSchema } from './measure.ts';

/** Raised if and only if a change of the engine changes results. Fixed for a study when it starts. */
export const NUMERICS = 6;

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');

/** Which images a trial sees, and how they are split. */
export const trialDataSchema = z.strictObject({
  /** The data set's name: a SHA-256 over the hashes of its training images and of its test images. */
  dataset: sha256Schema,
  /** Training images used, before the split: all, or a stratified subset. */
  trainImages: z.number().int().min(10),
  /** Share of each class held out for validation. */
  validationFraction: z.number().gt(0).lt(1),
  splitSeed: z.number().int().min(0).max(0x7fff_ffff),
  /** Absent for examples of CIFAR-10's form. */
  input: inputFormSchema.exactOptional(),
  /** Absent: bytes become values from −1 to 1. */
  normalisation: normalisationSchema.exactOptional(),
});

/** `scratch`, or the SHA-256 of the weights that training starts from. */
export const initialWeightsSchema = z.union([z.literal('scratch'), sha256Schema]);

/** How many of the images used are held out for validation. */
export function heldOutImages(trainImages: number, validationFraction: number): number {
  return Math.round(trainImages * validationFraction);
}

/** Everything that determines a trial's result, and nothing else. Its hash is the trial's key. */
export const trialSpecSchema = z.strictObject({
  config: trainingConfigSchema,
  data: trialDataSchema,
  /** Determines initial weights, order of images, flips and dropout. */
  seed: z.number().int().min(0).max(0x7fff_ffff),
  /** 0; from 1 on for the same trial again, to see whether its result is the same. */
  repetition: z.number().int().min(0),
  /** A hash if and only if the network is pretrained. */
  initialWeights: initialWeightsSchema,
  numerics: z.number().int().min(1),
  /** By what its best epoch is chosen. Absent: accuracy. */
  rankBy: otherMeasureSchema.exactOptional(),
});

export type TrialData = z.infer<typeof trialDataSchema>;
export type TrialSpec = z.infer<typeof trialSpecSchema>;

/** One epoch in a trial's log. Losses are means over the images, in nats an image; accuracies are percent. */
export const epochLineSchema = z.strictObject({
  /** Counts from 1. */
  epoch: z.number().int().min(1),
  train_loss: z.number(),
  train_accuracy: z.number().min(0).max(100),
  val_loss: z.number(),
  val_accuracy: z.number().min(0).max(100),
  /** In the measure by which the trial's epochs are ranked, percent; absent for accuracy and loss, which are above. */
  val_score: z.number().min(0).max(100).exactOptional(),
  /** Of its last step. */
  learning_rate: z.number(),
  /** Wall time of the epoch, including validation. */
  seconds: z.number().min(0),
});
export type EpochLine = z.infer<typeof epochLineSchema>;

/**
 * Score of the best epoch's weights in training mode, in the trial's measure: with dropout, and with batch normalisation by
 * each batch's own values, as the original report validated. null for a network that has neither, and unless the trial
 * completed. Older results lack it.
 */
export const scoreInTrainingModeSchema = z.number().min(0).nullable().default(null);

/** An epoch's score: percent, or nats an image for `loss`. @param rankBy absent: accuracy. */
export function scoreIn(line: EpochLine, rankBy?: Measure): number {
  if (rankBy === undefined || rankBy === 'accuracy') return line.val_accuracy;
  return rankBy === 'loss' ? line.val_loss : (line.val_score ?? Number.NaN);
}

/**
 * The best epoch: the one with the best score, or the earliest of them.
 *
 * @param rankBy absent: accuracy.
 * @returns undefined if there is no epoch.
 */
export function bestEpoch(lines: readonly EpochLine[], rankBy?: Measure): EpochLine | undefined {
  const merit = (line: EpochLine) => meritOf(scoreIn(line, rankBy), rankBy);
  let best: EpochLine | undefined;
  for (const line of lines) {
    if (!best || merit(line) > merit(best)) best = line;
  }
  return best;
}

/**
 * How a trial ended. One that diverged ranks last; it has not failed, since a retry would not help. Earlier versions also
 * stored `outOfMemory`, which is now a failure: another machine may have enough.
 */
export const outcomeSchema = z.enum(['completed', 'diverged', 'outOfMemory']);
export type Outcome = z.infer<typeof outcomeSchema>;
