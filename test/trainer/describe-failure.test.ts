import { expect, it } from 'vitest';
import { UnsuitableStoreError } from '../../storage/minio/probe.ts';
import { DamagedObjectError, StoreAccessError, StoreUnavailableError } from '../../storage/object-store.ts';
import { LeaseLostError } from '../../storage/trials/lease.ts';
import { NetworkShapeError } from '../../study/definition/network-shapes.ts';
import { describeFailure } from '../../trainer/describe-failure.ts';
import { DeviceUnavailableError } from '../../training/tensorflow/device-unavailable.ts';
import { NotTraceableError } from '../../training/trace/not-traceable.ts';
import { WeightsMismatchError } from '../../training/weights/fit-weights.ts';
import { WeightsFileError } from '../../training/weights/load-weights.ts';

it.each([
  [new NetworkShapeError('too small'), 'BadConfiguration'],
  [new NotTraceableError('a step read the result of Mean'), 'BadConfiguration'],
  [new WeightsMismatchError('another network'), 'BadConfiguration'],
  [new WeightsFileError('no weights'), 'BadConfiguration'],
  [new DamagedObjectError('datasets/x/train', 'its hash', 'another'), 'DamagedData'],
  [new LeaseLostError('a'.repeat(64), 1, undefined), 'LeaseLost'],
  [new StoreUnavailableError('no answer'), 'StoreUnavailable'],
  [new StoreAccessError('refused'), 'StoreUnavailable'],
  [new UnsuitableStoreError('no conditional writes'), 'StoreUnavailable'],
  [new DeviceUnavailableError('TensorFlow could not be loaded'), 'DeviceUnavailable'],
  [new Error('CUDA_ERROR_NO_DEVICE: no CUDA-capable device'), 'DeviceUnavailable'],
  [new Error('cuDNN launch failure'), 'DeviceUnavailable'],
  [new Error('Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1]'), 'OutOfMemory'],
  [new Error('CUDA_ERROR_OUT_OF_MEMORY: out of memory'), 'OutOfMemory'],
  [new Error('CUDNN_STATUS_ALLOC_FAILED'), 'OutOfMemory'],
  [new RangeError('Array buffer allocation failed'), 'OutOfMemory'],
  [new Error('Worker terminated due to reaching memory limit: JS heap out of memory'), 'OutOfMemory'],
  [new TypeError('x is undefined'), 'TrainerFailed'],
  ['a string', 'TrainerFailed'],
])('%s is a failure of the kind %s', (error, failure) => {
  const message = error instanceof Error ? error.message : error;
  expect(describeFailure(error)).toEqual({ failure, message });
});
