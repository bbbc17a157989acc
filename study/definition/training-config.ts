import { z } from 'zod';

/** Sizes of the hidden layers, input to output. The ten-class output layer is not listed. */
const hiddenSchema = z.array(z.number().int().min(1).max(65_536)).min(1).max(64);

/** Start from the study's weights. Absent means from scratch; `false` is not allowed, so that a network has one form. */
const pretrainedSchema = z.literal(true).optional();

/** Fully connected layers over the flattened image, with activation and dropout after each hidden layer. */
const denseNetworkSchema = z.strictObject({
  kind: z.literal('dense'),
  hidden: hiddenSchema,
  pretrained: pretrainedSchema,
});

/** Convolutions, each followed by ReLU and a 2×2 max pool, then dense layers. */
const convNetworkSchema = z.strictObject({
  kind: z.literal('conv'),
  convolutions: z
    .array(
      z.strictObject({
        /** Output channels. */
        filters: z.number().int().min(1).max(4096),
        /** Edge of the square kernel, pixels. */
        kernel: z.number().int().min(1).max(32),
        /** Zero pixels added on every side. */
        padding: z.number().int().min(0).max(16),
      }),
    )
    .min(1)
    .max(5),
  hidden: hiddenSchema,
  pretrained: pretrainedSchema,
});

/**
 * A ResNet of bottleneck blocks in four groups, then dense layers. The blocks use ReLU; the configured activation and
 * dropout apply between the dense layers. Blocks 3, 4, 6, 3 with width 64 are ResNet-50.
 */
const resnetNetworkSchema = z.strictObject({
  kind: z.literal('resnet'),
  /** Blocks in each of the four groups. */
  blocks: z.array(z.number().int().min(1).max(50)).length(4),
  /** Channels of the stem. The groups work with 1, 2, 4 and 8 times as many, and output four times that. */
  width: z.number().int().min(1).max(512),
  hidden: hiddenSchema,
  pretrained: pretrainedSchema,
});

export const networkSchema = z.discriminatedUnion('kind', [
  denseNetworkSchema,
  convNetworkSchema,
  resnetNetworkSchema,
]);

const optimizerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sgd'), momentum: z.number().min(0).lt(1) }),
  z.strictObject({ kind: z.literal('adagrad') }),
  z.strictObject({ kind: z.literal('adadelta') }),
]);

const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  /** PyTorch's ExponentialLR: the learning rate is multiplied by gamma after every epoch. */
  z.strictObject({ kind: z.literal('exponential'), gamma: z.number().gt(0).max(1) }),
]);

const epochsSchema = z.number().int().min(1).max(10_000);

/**
 * How a study says that networks are trained: everything in a trial's configuration except the network. `epochs` is the
 * number before the profile divides it.
 */
export const settingsSchema = z.strictObject({
  activation: z.enum(['relu', 'leakyRelu', 'sigmoid', 'elu', 'silu']),
  /** Probability that a unit after a hidden dense layer is zeroed. 0 means no dropout. */
  dropout: z.number().min(0).lt(1),
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  learningRate: z.number().gt(0).max(100),
  /** Images a step; the last step of an epoch takes what is left. */
  batchSize: z.number().int().min(1).max(8192),
  epochs: epochsSchema,
  /** Probability that a training image is mirrored left to right. */
  horizontalFlip: z.number().min(0).max(1),
  /** Mirror validation images with the same probability: the leakage that the original report measured. */
  validationFlip: z.boolean(),
});

/** Settings as a trial has them: `epochs` is the number that is trained, after the profile has divided it. */
export const trainedSettingsSchema = settingsSchema.extend({
  // The brand keeps a study's epochs from being taken for a trial's: `study/plan/epochs.ts` converts them.
  epochs: epochsSchema.brand<'epochs as trained'>(),
});

/** A trial's full configuration. It holds no names, so equal configurations are the same trial. */
export const trainingConfigSchema = trainedSettingsSchema.extend({ network: networkSchema });

export type Network = z.infer<typeof networkSchema>;
export type Optimizer = z.infer<typeof optimizerSchema>;
export type Schedule = z.infer<typeof scheduleSchema>;
export type Activation = z.infer<typeof settingsSchema>['activation'];
export type Settings = z.infer<typeof settingsSchema>;
export type TrainedSettings = z.infer<typeof trainedSettingsSchema>;
export type TrainedEpochs = TrainedSettings['epochs'];
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;

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
