import type { InputForm } from '../../study/definition/input-form.ts';
import type { DeviceTensors, Tensor1D, Tensor2D, Tensor4D } from '../tensorflow/tensorflow.ts';

/** A network as a function of its weights: parameters and buffers. */
export interface NetworkFunction {
  /** Of the examples that it takes. */
  input: InputForm;
  /** Changed by gradients. */
  parameters: NetworkTensor[];
  /** Changed by forward passes in training mode: the running averages of batch normalisation. */
  buffers: NetworkTensor[];
  /** Number of values in all parameters. */
  parameterCount: number;
  /**
   * Uses operations on tensors only, so that it can be traced: it reads no value and changes nothing in place.
   *
   * @param x [batch, height, width, channels] or [batch, features], normalised.
   */
  forward(weights: DeviceTensors, x: Batch['x'], mode: ForwardMode): ForwardPass;
}

/** A tensor of a network. */
export interface NetworkTensor {
  /** The name that PyTorch would give it: `conv.0.weight`, `layers.2.bias`, `layer1.0.bn1.running_mean`. */
  name: string;
  /** In TensorFlow's order: convolutions `[height, width, in, out]`, dense layers `[in, out]`, all others `[out]`. */
  shape: number[];
  initial: InitialValues;
}

/** Values before training: uniform in ±bound, normal with mean 0, or constant. */
export type InitialValues =
  | { kind: 'uniform'; bound: number }
  | { kind: 'normal'; deviation: number }
  | { kind: 'constant'; value: number };

/** Evaluation mode, or training mode. The seed, int32 [trial, step], determines the dropout masks. */
export type ForwardMode = { training: false } | { training: true; dropoutSeed: Tensor1D };

/** Results of a forward pass over a batch. */
export type ForwardPass = {
  /** [batch, classes] */
  logits: Tensor2D;
  /** New values of the network's buffers; empty in evaluation mode. */
  buffers: DeviceTensors;
};

/** Images and labels of one step. */
export type Batch = {
  /** [batch, height, width, channels] or [batch, features], normalised. */
  x: Tensor4D | Tensor2D;
  /** int32 [batch]. */
  labels: Tensor1D;
};
