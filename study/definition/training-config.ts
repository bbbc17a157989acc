import { z } from 'zod';

export const hiddenSchema = z
  .array(z.number().int().min(1).max(65_536))
  .min(1)
  .max(64)
  .describe('Units of each hidden dense layer, input to output. The output layer is not listed.');

/** `false` is not allowed, so that a network has one form. */
const pretrainedSchema = z
  .literal(true)
  .optional()
  .describe("Start from the study's weights (`--weights`). Left out: train from scratch.");

export const denseNetworkSchema = z
  .strictObject({
    kind: z.literal('dense'),
    hidden: hiddenSchema,
    pretrained: pretrainedSchema,
  })
  .describe('Dense layers over the flattened image, with activation and dropout after each hidden layer.');

const convolutionSchema = z
  .strictObject({
    filters: z.number().int().min(1).max(4096).describe('Output channels.'),
    kernel: z.number().int().min(1).max(32).describe('Edge of the square kernel, in pixels.'),
    padding: z.number().int().min(0).max(16).describe('Zero pixels added on every side.'),
  })
  .meta({
    title: 'Convolution',
    description:
      'A convolution with stride 1, followed by ReLU and a 2×2 max pool. At least one pixel must be left.',
  });

export const convNetworkSchema = z
  .strictObject({
    kind: z.literal('conv'),
    convolutions: z.array(convolutionSchema).min(1).max(5).describe('The convolutions, input to output.'),
    hidden: hiddenSchema,
    pretrained: pretrainedSchema,
  })
  .describe('Convolutions, each followed by ReLU and a 2×2 max pool, then dense layers.');

export const resnetNetworkSchema = z
  .strictObject({
    kind: z.literal('resnet'),
    blocks: z
      .array(z.number().int().min(1).max(50))
      .length(4)
      .describe('Bottleneck blocks in each of the four groups.'),
    width: z
      .number()
      .int()
      .min(1)
      .max(512)
      .describe(
        'Channels of the stem. The groups work with 1, 2, 4 and 8 times as many, and output four times that.',
      ),
    hidden: hiddenSchema,
    pretrained: pretrainedSchema,
  })
  .describe(
    'A ResNet of bottleneck blocks with ReLU, then dense layers with the configured activation and dropout between ' +
      'them. Blocks 3, 4, 6, 3 with width 64 are ResNet-50.',
  );

/** A network as a trial has it; `planned-network.ts` has it as a study is written. */
export const networkSchema = z.discriminatedUnion('kind', [
  denseNetworkSchema,
  convNetworkSchema,
  resnetNetworkSchema,
]);

const optimizerSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('sgd'),
        momentum: z.number().min(0).lt(1).describe('Fraction of the velocity that a step keeps.'),
      })
      .describe("Stochastic gradient descent with momentum, as in PyTorch's SGD."),
    z.strictObject({ kind: z.literal('adagrad') }).describe("As in PyTorch's Adagrad, with ε = 1e-10."),
    z
      .strictObject({ kind: z.literal('adadelta') })
      .describe("As in PyTorch's Adadelta, with ρ = 0.9 and ε = 1e-6."),
  ])
  .meta({ title: 'Optimizer', description: 'How a step changes the weights.' });

const scheduleSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant') }).describe('The same learning rate in every epoch.'),
    z
      .strictObject({
        kind: z.literal('exponential'),
        gamma: z.number().gt(0).max(1).describe('What the learning rate is multiplied by after every epoch.'),
      })
      .describe("A learning rate that decays after every epoch, as with PyTorch's ExponentialLR."),
  ])
  .meta({ title: 'Schedule', description: 'How the learning rate changes from epoch to epoch.' });

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
  batchSize: z
    .number()
    .int()
    .min(1)
    .max(8192)
    .describe('Images in a step. The last step of an epoch takes what is left.'),
  epochs: epochsSchema,
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
