import {
  attribute,
  type DeviceTensors,
  type OpAttribute,
  runOpWithOutputs,
  type Tensor,
  type Tensor4D,
  withGradient,
} from '../tensorflow/tensorflow.ts';
import type { ForwardMode, NetworkTensor } from './network-function.ts';

/** PyTorch's defaults. */
const EPSILON = 1e-5;
/** The batch's share of the running averages. */
const MOMENTUM = 0.1;

/** Scale, offset and running averages, with torchvision's initial values. */
export function batchNormTensors(
  name: string,
  channels: number,
): { parameters: NetworkTensor[]; buffers: NetworkTensor[] } {
  const tensor = (part: string, value: number): NetworkTensor => ({
    name: `${name}.${part}`,
    shape: [channels],
    initial: { kind: 'constant', value },
  });
  return {
    parameters: [tensor('weight', 1), tensor('bias', 0)],
    buffers: [tensor('running_mean', 0), tensor('running_var', 1)],
  };
}

/**
 * Batch normalisation: by the batch in training mode, otherwise by the running averages.
 *
 * @param x [batch, height, width, channels]
 * @param buffers receives the new running averages.
 */
export function normalise(
  x: Tensor4D,
  weights: DeviceTensors,
  name: string,
  { training }: ForwardMode,
  buffers: DeviceTensors,
): Tensor4D {
  if (!training) return normaliseByAverages(x, weights, name);
  const { y, averages } = normaliseByBatch(x, weights, name);
  Object.assign(buffers, averages);
  return y;
}

/**
 * Batch normalisation in training mode: normalises each channel by the mean and the biased variance of its
 * batch × height × width values.
 *
 * The new running averages are 0.9 of the old ones plus 0.1 of the batch's mean and unbiased variance, as in PyTorch.
 * TensorFlow's operation applies the correction n / (n − 1) itself. A channel with a single value has variance 0; PyTorch
 * refuses it. It occurs if the last batch of an epoch has one image.
 *
 * @param x [batch, height, width, channels]
 * @returns the normalised values, and the new running averages by name.
 */
export function normaliseByBatch(
  x: Tensor4D,
  weights: DeviceTensors,
  name: string,
): { y: Tensor4D; averages: DeviceTensors } {
  const [scale, offset, ...averages] = tensorsOf(weights, name);
  const [value, mean, variance, ...reserved] = runOpWithOutputs(
    'FusedBatchNormV3',
    [...attributes(true), attribute.float('exponential_avg_factor', MOMENTUM)],
    [x, scale, offset, ...averages],
    6,
  ) as [Tensor, Tensor, Tensor, ...Tensor[]];
  // The operation has already run: a function with its own gradient can have one output only.
  const y = withGradient([x, scale, offset], (input, gamma, _beta) => ({
    value: value as Tensor4D,
    kept: [input, gamma, ...reserved],
    gradients: (dy, kept) =>
      runOpWithOutputs('FusedBatchNormGradV3', attributes(true), [dy, ...kept], 5).slice(0, 3),
  }));
  return { y, averages: { [`${name}.running_mean`]: mean, [`${name}.running_var`]: variance } };
}

/** In evaluation mode: by the running averages, so that no image depends on another. */
export function normaliseByAverages(x: Tensor4D, weights: DeviceTensors, name: string): Tensor4D {
  const [y] = runOpWithOutputs('FusedBatchNormV3', attributes(false), [x, ...tensorsOf(weights, name)], 6);
  return y as Tensor4D;
}

// --- helpers ---

function attributes(training: boolean): OpAttribute[] {
  return [
    attribute.type('T', 'float32'),
    attribute.type('U', 'float32'),
    attribute.float('epsilon', EPSILON),
    attribute.text('data_format', 'NHWC'),
    attribute.flag('is_training', training),
  ];
}

function tensorsOf(weights: DeviceTensors, name: string): [Tensor, Tensor, Tensor, Tensor] {
  const parts = ['weight', 'bias', 'running_mean', 'running_var'];
  return parts.map((part) => weights[`${name}.${part}`]) as [Tensor, Tensor, Tensor, Tensor];
}
