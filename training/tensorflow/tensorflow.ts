import type * as TensorFlow from '@tensorflow/tfjs-node-gpu';
import { DeviceUnavailableError } from './device-unavailable.ts';
import { loadTfjsPackage, type TfjsPackage } from './tfjs-package.ts';

export type Tensor = TensorFlow.Tensor;
export type Tensor1D = TensorFlow.Tensor1D;
export type Tensor2D = TensorFlow.Tensor2D;
export type Tensor4D = TensorFlow.Tensor4D;
export type Scalar = TensorFlow.Scalar;

/** TensorFlow's tensors by name. A plain object, so that `tf.tidy` and `tf.dispose` find the tensors inside. */
export type DeviceTensors = Record<string, Tensor>;

const loaded = loadTensorFlow();

/** tfjs on TensorFlow's C library. A process loads it once; two of its threads can't share it. */
export const tf: typeof TensorFlow = loaded.tf;

/** The messages of TensorFlow's files. */
export const messages: TfjsPackage['messages'] = loaded.messages;

/** The object through which tfjs calls TensorFlow. tfjs declares some of these methods private. */
interface NodeBackend {
  binding: Binding;
  isUsingGpuDevice: boolean;
  executeMultipleOutputs(name: string, attrs: OpAttribute[], inputs: Tensor[], outputs: number): Tensor[];
  createOutputTensor(metadata: TensorHandle): Tensor;
  /** TensorFlow's numbers for tensors. Copies tensors to the device if they aren't there yet. */
  getInputTensorIds(tensors: Tensor[]): number[];
}

/** A tensor of TensorFlow's C library. It lives until its number is deleted. */
export interface TensorHandle {
  id: number;
  shape: number[];
  dtype: number;
}

/** The values of a tensor, row by row. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** tfjs-node's binding of TensorFlow's C library. */
export interface Binding {
  createTensor(shape: number[], dtype: number, values: Values): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Values;
  executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): TensorHandle[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Names are outputs such as `x:0`, separated by commas. */
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): TensorHandle[];
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_UINT8: number;
  TF_BOOL: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_INT: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_STRING: number;
  TF_ATTR_BOOL: number;
  TF_Version: string;
}

export interface OpAttribute {
  name: string;
  type: number;
  value: number | string | boolean | number[];
}

export const backend = tf.backend() as unknown as NodeBackend;

const { binding } = backend;

/** TensorFlow's numbers for tensor types, the same in its C library and in its files. */
export const types = {
  float32: binding.TF_FLOAT,
  int32: binding.TF_INT32,
  uint8: binding.TF_UINT8,
  bool: binding.TF_BOOL,
};

export type TypeName = keyof typeof types;

/** Attributes of TensorFlow operations, by the type that the operation's definition gives them. */
export const attribute = {
  type: (name: string, value: TypeName): OpAttribute => ({
    name,
    type: binding.TF_ATTR_TYPE,
    value: types[value],
  }),
  int: (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_INT, value }),
  float: (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_FLOAT, value }),
  text: (name: string, value: string): OpAttribute => ({ name, type: binding.TF_ATTR_STRING, value }),
  flag: (name: string, value: boolean): OpAttribute => ({ name, type: binding.TF_ATTR_BOOL, value }),
};

/**
 * Runs a TensorFlow operation that tfjs has no function for. It has no gradient: use {@link withGradient} if one is
 * needed.
 *
 * @throws {Error} with TensorFlow's own message if inputs or attributes don't fit.
 */
export function runOp(name: string, attributes: OpAttribute[], inputs: Tensor[]): Tensor {
  return runOpWithOutputs(name, attributes, inputs, 1)[0] as Tensor;
}

/** The same for an operation with several outputs. */
export function runOpWithOutputs(
  name: string,
  attributes: OpAttribute[],
  inputs: Tensor[],
  outputs: number,
): Tensor[] {
  return backend.executeMultipleOutputs(name, attributes, inputs, outputs);
}

/** A result together with its gradient. */
interface Differentiable<T extends Tensor> {
  value: T;
  /** Tensors that the gradient needs. */
  kept: Tensor[];
  /** @param dy the gradient of `value`. @returns the gradient of each input. */
  gradients(dy: Tensor, kept: Tensor[]): Tensor[];
}

/** Runs a function of tensors that brings its own gradient. */
export function withGradient<T extends Tensor, const Inputs extends readonly Tensor[]>(
  inputs: Inputs,
  compute: (...inputs: Inputs) => Differentiable<T>,
): T {
  return tf.customGrad((...args: unknown[]) => {
    // tfjs types the last argument as a tensor; it is the function that keeps tensors for the gradient.
    const save = args.pop() as (tensors: Tensor[]) => void;
    const { value, kept, gradients } = compute(...(args as unknown as Inputs));
    save(kept);
    return { value, gradFunc: gradients };
  })(...inputs) as T;
}

/**
 * Bytes as a uint8 tensor. tfjs has no such type and calls it int32, so only operations run by name may use it. It may
 * share the memory of `values`: don't write to the array again.
 */
export function uint8Tensor(values: Uint8Array, shape: number[]): Tensor {
  return backend.createOutputTensor({
    id: binding.createTensor(shape, binding.TF_UINT8, values),
    shape,
    dtype: binding.TF_UINT8,
  });
}

/** Whether TensorFlow must compute every operation deterministically, or fail if it can't. */
export function deterministicOps(): boolean {
  return /^(1|true)$/i.test(process.env.TF_DETERMINISTIC_OPS ?? '');
}

// --- helpers ---

function loadTensorFlow(): TfjsPackage {
  if (process.env.TF_ENABLE_ONEDNN_OPTS !== '1') {
    throw new DeviceUnavailableError(
      `expected TF_ENABLE_ONEDNN_OPTS=1 in the environment, got ${process.env.TF_ENABLE_ONEDNN_OPTS ?? 'nothing'}: ` +
        'results and speed depend on it. TensorFlow reads it when it loads, so set it for the whole process',
    );
  }
  try {
    return loadTfjsPackage();
  } catch (cause) {
    throw new DeviceUnavailableError(
      `TensorFlow can't be loaded: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Run `npm run setup`, which downloads its library and builds the binding',
      { cause },
    );
  }
}
