import {
  attribute,
  type DeviceTensors,
  type OpAttribute,
  runOpWithOutputs,
  type Tensor,
  type Tensor4D,
  tf,
} from '../tensorflow/tensorflow.ts';
import type { NetworkTensor } from './network.ts';

/** PyTorch's defaults. */
const EPSILON = 1e-5;
/** Share of a batch in the running averages. */
const MOMENTUM = 0.1;

/** Scale and offset as torchvision starts them, and the running averages. */
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
 * Batch normalisation in training: each channel by the mean and (biased) variance of its batch × height × width values.
 *
 * The running averages become 0.9 of what they were and 0.1 of the batch's mean and unbiased variance, as in PyTorch:
 * TensorFlow's operation has that correction (n / (n − 1)) built in. A channel of a single value, which PyTorch
 * refuses, counts as one of variance 0; it comes up in a last batch of one image.
 *
 * @param x [batch, height, width, channels]
 * @returns the normalised values, and the next running averages under their names.
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
  // The operation has run outside the gradient's function, which has room for one output alone.
  const y = tf.customGrad((input, gamma, _beta, save) => {
    (save as unknown as (tensors: Tensor[]) => void)([input as Tensor, gamma as Tensor, ...reserved]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        runOpWithOutputs('FusedBatchNormGradV3', attributes(true), [dy, ...saved], 5).slice(0, 3),
    };
  })(x, scale, offset) as Tensor4D;
  return { y, averages: { [`${name}.running_mean`]: mean, [`${name}.running_var`]: variance } };
}

/** The same in evaluation: by the running averages, so that an image's values depend on no other's. */
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
