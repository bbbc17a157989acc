import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { DeviceTensors, Tensor1D, Tensor2D, Tensor4D } from '../tensorflow/tensorflow.ts';
import { resnet } from './resnet.ts';
import { sequential } from './sequential.ts';

/** A tensor of a network. */
export interface NetworkTensor {
  /** As PyTorch would name it: `conv.0.weight`, `layers.2.bias`, `layer1.0.bn1.running_mean`. */
  name: string;
  /** In TensorFlow's order: convolutions `[height, width, in, out]`, dense layers `[in, out]`, all others `[out]`. */
  shape: number[];
  initial: InitialValues;
}

/** What a tensor holds before training: values uniform in ±bound, normal with mean 0, or all the same. */
export type InitialValues =
  | { kind: 'uniform'; bound: number }
  | { kind: 'normal'; deviation: number }
  | { kind: 'constant'; value: number };

/** Evaluation, or training with the dropout masks that belong to the seed `[trial, step]`, int32. */
export type ForwardMode = { training: false } | { training: true; dropoutSeed: Tensor1D };

/** What a network makes of a batch. */
export type ForwardPass = {
  /** [batch, 10] */
  logits: Tensor2D;
  /** In training: what the network's buffers become. In evaluation they stay, and there are none here. */
  buffers: DeviceTensors;
};

/** A network as a function of its weights: parameters and buffers. */
export interface NetworkFunction {
  /** What training changes by gradients. */
  parameters: NetworkTensor[];
  /** What a forward pass in training changes: the running averages of batch normalisation. */
  buffers: NetworkTensor[];
  /** Number of values in all parameters. */
  parameterCount: number;
  /** x: [batch, 32, 32, 3], normalised. Only operations on tensors: no value is read, nothing is changed in place. */
  forward(weights: DeviceTensors, x: Tensor4D, mode: ForwardMode): ForwardPass;
}

/**
 * The network of a configuration.
 *
 * @throws NetworkShapeError where a convolution or its pool would leave less than one pixel.
 */
export function createNetwork(config: TrainingConfig): NetworkFunction {
  return config.network.kind === 'resnet' ? resnet(config, config.network) : sequential(config);
}

/** All tensors of a network, in the order of its weights in a checkpoint: the parameters, then the buffers. */
export function weightsOf({ parameters, buffers }: NetworkFunction): NetworkTensor[] {
  return [...parameters, ...buffers];
}
