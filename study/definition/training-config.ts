import { z } from 'zod';
import { augmentationSchema } from '../settings/augmentations.ts';
import { networkSchema } from '../settings/networks.ts';
import { optimizerSchema } from '../settings/optimizers.ts';
import { scheduleSchema } from '../settings/schedules/schedules.ts';

export type { Augmentation } from '../settings/augmentations.ts';
export type { Network } from '../settings/networks.ts';
export type { Optimizer } from '../settings/optimizers.ts';
export type { Schedule } from '../settings/schedules/schedules.ts';

const activationSchema = z.enum(['relu', 'leakyRelu', 'sigmoid', 'elu', 'silu']).meta({
  title: 'Activation',
  description: "The activation between dense layers, with PyTorch's defaults.",
  meanings: {
    relu: 'max(0, x)',
    leakyRelu: 'x if x > 0, otherwise 0.01 · x',
    sigmoid: '1 / (1 + exp(−x))',
    elu: 'x if x > 0, otherwise exp(x) − 1',
    silu: 'x · sigmoid(x)',
  },
});

const epochsSchema = z
  .number()
  .int()
  .min(1)
  .max(10_000)
  .describe('How often a trial goes through its training images, before the profile divides it.');

/**
 * How a study says that networks are trained: everything in a trial's configuration except the network. `epochs` is the
 * number before the profile divides it.
 */
export const settingsSchema = z.strictObject({
  activation: activationSchema,
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .describe('Probability that a unit after a hidden dense layer is zeroed in a training step.'),
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  learningRate: z.number().gt(0).max(100).describe('The learning rate of the first epoch.'),
  warmUp: z
    .number()
    .min(0)
    .max(10_000)
    .optional()
    .describe(
      'Epochs in which the learning rate rises from 0 in equal steps, times what the schedule says; before the profile divides ' +
        'them, and they need not be whole. Left out: 0.',
    ),
  batchSize: z
    .number()
    .int()
    .min(1)
    .max(8192)
    .describe('Images in a step. The last step of an epoch takes what is left.'),
  epochs: epochsSchema,
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe(
      "Share of the target that training spreads over all classes, as PyTorch's `label_smoothing`. Validation and test losses are " +
        'without it. Left out: 0.',
    ),
  clipNorm: z
    .number()
    .min(0)
    .optional()
    .describe(
      "The largest norm of all gradients of a step together; larger ones are scaled down to it, as by PyTorch's " +
        '`clip_grad_norm_`. Left out, or 0: they are used as they are.',
    ),
  horizontalFlip: z
    .number()
    .min(0)
    .max(1)
    .describe('Probability that a training image is mirrored left to right.'),
  validationFlip: z
    .boolean()
    .describe(
      'Mirror validation images with the same probability. It shows what such leakage does, and is otherwise wrong.',
    ),
  augmentations: z
    .array(augmentationSchema)
    .max(4)
    .refine((list) => new Set(list.map(({ kind }) => kind)).size === list.length, 'each kind once')
    .optional()
    .describe(
      'What else changes training images, after the mirroring and in this order, each kind once. Left out: nothing.',
    ),
  threads: z
    .number()
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'CPU threads that train a trial. The last bits of its result depend on them. Left out: 1, with which a machine ' +
        'trains most trials an hour; more are for a single long trial. A GPU ignores them.',
    ),
});

/** Settings as a trial has them: `epochs` is the number that is trained, after the profile has divided it. */
export const trainedSettingsSchema = settingsSchema.extend({
  // The brand keeps a study's epochs from being taken for a trial's: `study/plan/epochs.ts` converts them.
  epochs: epochsSchema.brand<'epochs as trained'>(),
});

/** A trial's full configuration. It holds no names, so equal configurations are the same trial. */
export const trainingConfigSchema = trainedSettingsSchema.extend({ network: networkSchema });

/** The CPU threads that a trial is trained and evaluated with. They never follow from what happens to be free. */
export function threadsOf({ threads = 1 }: Pick<Settings, 'threads'>): number {
  return threads;
}

export type Activation = z.infer<typeof settingsSchema>['activation'];
export type Settings = z.infer<typeof settingsSchema>;
export type TrainedSettings = z.infer<typeof trainedSettingsSchema>;
export type TrainedEpochs = TrainedSettings['epochs'];
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;

/**
 * Settings that are newer than stored results. They are left out of specifications at these defaults, so that a trial is the same
 * whether or not somebody writes the default.
 */
export const newerDefaults = {
  threads: 1,
  warmUp: 0,
  labelSmoothing: 0,
  clipNorm: 0,
  augmentations: [],
} as const satisfies Partial<Settings>;

/** What a study's `base` is filled up with. */
export const defaultSettings: Settings = {
  activation: 'relu',
  dropout: 0,
  optimizer: { kind: 'sgd', momentum: 0.9 },
  schedule: { kind: 'constant' },
  learningRate: 0.02,
  batchSize: 32,
  epochs: 50,
  horizontalFlip: 0.5,
  validationFlip: false,
};
