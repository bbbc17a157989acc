import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu';
import { DeviceUnavailableError } from './device-unavailable.ts';

export type Tensor = TensorFlow.Tensor;
export type Tensor1D = TensorFlow.Tensor1D;
export type Tensor2D = TensorFlow.Tensor2D;
export type Tensor4D = TensorFlow.Tensor4D;
export type Scalar = TensorFlow.Scalar;

/** Tensors of TensorFlow by name; a plain object, so that `tf.tidy` and `tf.dispose` see what is inside. */
export type DeviceTensors = Record<string, Tensor>;

/** tfjs with TensorFlow's C library behind it. Loaded once a process; two threads of one process can't share it. */
export const tf: typeof TensorFlow = loadTensorFlow();

/** What tfjs calls TensorFlow through; tfjs keeps some of these methods private. */
interface NodeBackend {
  binding: Binding;
  isUsingGpuDevice: boolean;
  executeMultipleOutputs(name: string, attrs: OpAttribute[], inputs: Tensor[], outputs: number): Tensor[];
  createOutputTensor(metadata: TensorHandle): Tensor;
  /** The numbers by which TensorFlow knows tensors; it copies those to the device that aren't there yet. */
  getInputTensorIds(tensors: Tensor[]): number[];
}

/** A tensor of TensorFlow's C library: by number, until it is deleted by that. */
export interface TensorHandle {
  id: number;
  shape: number[];
  dtype: number;
}

/** The values of a tensor, row by row. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** TensorFlow's C library as tfjs-node binds it. */
export interface Binding {
  createTensor(shape: number[], dtype: number, values: Values): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Values;
  executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): TensorHandle[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Names are those of operations and their outputs, `x:0`, separated by commas. */
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

/** TensorFlow's numbers for the types of tensors, the same in its C library as in its files. */
export const types = {
  float32: binding.TF_FLOAT,
  int32: binding.TF_INT32,
  uint8: binding.TF_UINT8,
  bool: binding.TF_BOOL,
};

export type TypeName = keyof typeof types;

/** Attributes of TensorFlow operations, as the operation's definition types them. */
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
 * Runs one TensorFlow operation by its name, for those that tfjs has no function for. No gradient is recorded:
 * wrap it in `tf.customGrad` where one is needed.
 *
 * @throws Error with TensorFlow's own message where inputs or attributes don't fit.
 */
export function runOp(name: string, attributes: OpAttribute[], inputs: Tensor[]): Tensor {
  return runOpWithOutputs(name, attributes, inputs, 1)[0] as Tensor;
}

/** The same for an operation of several outputs. */
export function runOpWithOutputs(
  name: string,
  attributes: OpAttribute[],
  inputs: Tensor[],
  outputs: number,
): Tensor[] {
  return backend.executeMultipleOutputs(name, attributes, inputs, outputs);
}

/**
 * Bytes as a uint8 tensor. tfjs has no such type and calls it int32, so only operations run by name may use it. It
 * may share the memory of `values`, which must not be written to any more.
 */
export function uint8Tensor(values: Uint8Array, shape: number[]): Tensor {
  return backend.createOutputTensor({
    id: binding.createTensor(shape, binding.TF_UINT8, values),
    shape,
    dtype: binding.TF_UINT8,
  });
}

/** Whether TensorFlow was told to compute everything the same way each time, or to fail where it can't. */
export function deterministicOps(): boolean {
  return /^(1|true)$/i.test(process.env.TF_DETERMINISTIC_OPS ?? '');
}

// --- helpers ---

function loadTensorFlow(): typeof TensorFlow {
  if (process.env.TF_ENABLE_ONEDNN_OPTS !== '1') {
    throw new DeviceUnavailableError(
      `expected TF_ENABLE_ONEDNN_OPTS=1 in the environment, got ${process.env.TF_ENABLE_ONEDNN_OPTS ?? 'nothing'}: ` +
        'results and speed depend on it, and TensorFlow reads it when it loads, so set it for the whole process',
    );
  }
  const require = createRequire(import.meta.url);
  // Node 23 removed a function that tfjs-node 4.22 calls.
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  try {
    return require('@tensorflow/tfjs-node-gpu') as typeof TensorFlow;
  } catch (cause) {
    throw new DeviceUnavailableError(
      `TensorFlow could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Run `npm run setup`, which fetches its library and builds the binding',
      { cause },
    );
  }
}
