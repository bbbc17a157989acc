import { z } from 'zod';

export const hiddenSchema = z
  .array(z.number().int().min(1).max(65_536))
  .max(64)
  .describe(
    'Units of each hidden dense layer, input to output. The output layer is not listed: without any, it is the only one.',
  );

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
    stride: z
      .number()
      .int()
      .min(2)
      .max(8)
      .optional()
      .describe('Pixels from one place of the kernel to the next. Left out: 1.'),
    batchNorm: z
      .literal(true)
      .optional()
      .describe('Batch normalisation before the ReLU, in place of a bias. Left out: none.'),
    pool: z.literal(false).optional().describe('`false`: no pool follows. Left out: one does.'),
  })
  .meta({
    title: 'Convolution',
    description: 'A convolution, followed by ReLU and a 2×2 max pool. At least one pixel must be left.',
  });

export const convNetworkSchema = z
  .strictObject({
    kind: z.literal('conv'),
    convolutions: z.array(convolutionSchema).min(1).max(64).describe('The convolutions, input to output.'),
    globalPool: z
      .literal(true)
      .optional()
      .describe(
        'The dense layers take the mean of the pixels that the convolutions leave. Left out: all these pixels.',
      ),
    hidden: hiddenSchema,
    pretrained: pretrainedSchema,
  })
  .describe('Convolutions with ReLU, batch normalisation and pools, then dense layers.');

export const resnetNetworkSchema = z
  .strictObject({
    kind: z.literal('resnet'),
    blocks: z.array(z.number().int().min(1).max(50)).length(4).describe('Blocks in each of the four groups.'),
    block: z
      .literal('basic')
      .optional()
      .describe(
        '`basic`: blocks of two 3×3 convolutions. Left out: bottleneck blocks of three convolutions.',
      ),
    width: z
      .number()
      .int()
      .min(1)
      .max(512)
      .describe(
        'Channels of the stem. The groups work with 1, 2, 4 and 8 times as many. Bottleneck blocks output four times that.',
      ),
    stem: z
      .literal('small')
      .optional()
      .describe(
        '`small`: a 3×3 convolution, which keeps the size of small images. Left out: a 7×7 convolution and a pool, which leave a quarter ' +
          'of the height and of the width.',
      ),
    hidden: hiddenSchema,
    pretrained: pretrainedSchema,
  })
  .describe(
    'A ResNet with ReLU, then dense layers with the configured activation and dropout between them. With width 64, blocks ' +
      '3, 4, 6, 3 are ResNet-50; as basic blocks, 2, 2, 2, 2 are ResNet-18, and 3, 4, 6, 3 are ResNet-34.',
  );

/** A network as a trial has it; `planned-network.ts` has it as a study is written. */
export const networkSchema = z.discriminatedUnion('kind', [
  denseNetworkSchema,
  convNetworkSchema,
  resnetNetworkSchema,
]);

export type Network = z.infer<typeof networkSchema>;
