import { z } from 'zod';
import { trainingConfigSchema } from '../definition/training-config.ts';

/** Raised only when a change of the engine changes results; fixed for a study when it starts. */
export const NUMERICS = 3;

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');

/** Which images a trial sees, and how they are split. */
export const trialDataSchema = z.strictObject({
  /** The data set's name: a SHA-256 that covers the hashes of its training and of its test records. */
  dataset: sha256Schema,
  /** Training images used, before the split: a stratified subset, or all there are. */
  trainImages: z.number().int().min(10),
  /** Share of each class held out for validation. */
  validationFraction: z.number().gt(0).lt(1),
  splitSeed: z.number().int().min(0).max(0x7fff_ffff),
});

/** `scratch`, or the SHA-256 of the weights that training starts from. */
export const initialWeightsSchema = z.union([z.literal('scratch'), sha256Schema]);

/** How many of the images used are held out for validation, by the share of them. */
export function heldOutImages(trainImages: number, validationFraction: number): number {
  return Math.round(trainImages * validationFraction);
}

/** All that determines a trial's result, and nothing else; its hash is the trial's key. */
export const trialSpecSchema = z.strictObject({
  config: trainingConfigSchema,
  data: trialDataSchema,
  /** Governs initial weights, order of images, flips and dropout. */
  seed: z.number().int().min(0).max(0x7fff_ffff),
  /** 0, or 1 and up for the same trial run again to see whether it comes out the same. */
  repetition: z.number().int().min(0),
  /** A hash where the configuration's network is pretrained, and only there. */
  initialWeights: initialWeightsSchema,
  numerics: z.number().int().min(1),
});

export type TrialData = z.infer<typeof trialDataSchema>;
export type TrialSpec = z.infer<typeof trialSpecSchema>;

/** One line of a trial's log: an epoch. Losses are nats an image (means over the images), accuracies percent. */
export const epochLineSchema = z.strictObject({
  /** Counts from 1. */
  epoch: z.number().int().min(1),
  train_loss: z.number(),
  train_accuracy: z.number().min(0).max(100),
  val_loss: z.number(),
  val_accuracy: z.number().min(0).max(100),
  learning_rate: z.number(),
  /** Wall time of the epoch, validation included. */
  seconds: z.number().min(0),
});
export type EpochLine = z.infer<typeof epochLineSchema>;

/**
 * Validation accuracy of the best epoch's weights with the network as it is in training, percent: with dropout, and with
 * batch normalisation by each batch's own values, as the report's loop validated. null for a network that has neither,
 * and unless completed. Results of before it was measured lack it.
 */
export const scoreInTrainingModeSchema = z.number().min(0).max(100).nullable().default(null);

/**
 * The best epoch: the first whose validation accuracy exceeds all before.
 *
 * @returns undefined where there is no epoch.
 */
export function bestEpoch(lines: readonly EpochLine[]): EpochLine | undefined {
  let best: EpochLine | undefined;
  for (const line of lines) {
    if (!best || line.val_accuracy > best.val_accuracy) best = line;
  }
  return best;
}

/** How a trial ended. The last two are outcomes that rank last, not failures: trying again would not help. */
export const outcomeSchema = z.enum(['completed', 'diverged', 'outOfMemory']);
export type Outcome = z.infer<typeof outcomeSchema>;
