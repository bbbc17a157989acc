import { type DeviceTensors, tf } from './tensorflow.ts';

/** A float32 tensor outside TensorFlow, row-major. */
export interface NamedTensor {
  shape: number[];
  data: Float32Array;
}

/** Weights or optimizer state, in the order of the network's parameters. */
export type NamedTensors = Map<string, NamedTensor>;

/** Copies tensors to the device. Don't write to the arrays again: TensorFlow may share their memory. */
export function toDevice(tensors: NamedTensors): DeviceTensors {
  return Object.fromEntries(
    [...tensors].map(([name, { data, shape }]) => [name, tf.tensor(data, shape, 'float32')]),
  );
}

/** Copies tensors from the device. Waits for unfinished operations. */
export function fromDevice(tensors: DeviceTensors): NamedTensors {
  return new Map(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      { shape: tensor.shape, data: tensor.dataSync<'float32'>() },
    ]),
  );
}
