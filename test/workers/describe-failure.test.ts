import { expect, it } from 'vitest';
import { LeaseLostError } from '../../storage/lease.ts';
import { DamagedObjectError, StoreAccessError, StoreUnavailableError } from '../../storage/object-store.ts';
import { UnsuitableStoreError } from '../../storage/probe.ts';
import { NetworkShapeError } from '../../study/network-shapes.ts';
import { NotRecordableError } from '../../training/compile/not-recordable.ts';
import { WeightsMismatchError } from '../../training/weights/fit-weights.ts';
import { WeightsFileError } from '../../training/weights/load-weights.ts';
import { describeFailure } from '../../workers/trainer/describe-failure.ts';

it.each([
  [new NetworkShapeError('too small'), 'BadConfiguration'],
  [new NotRecordableError('a step read the result of Mean'), 'BadConfiguration'],
  [new WeightsMismatchError('another network'), 'BadConfiguration'],
  [new WeightsFileError('no weights'), 'BadConfiguration'],
  [new DamagedObjectError('datasets/x/train', 'its hash', 'another'), 'DamagedData'],
  [new LeaseLostError('a'.repeat(64), 1, undefined), 'LeaseLost'],
  [new StoreUnavailableError('no answer'), 'StoreUnavailable'],
  [new StoreAccessError('refused'), 'StoreUnavailable'],
  [new UnsuitableStoreError('no conditional writes'), 'StoreUnavailable'],
  [new Error('CUDA_ERROR_NO_DEVICE: no CUDA-capable device'), 'DeviceUnavailable'],
  [new Error('cuDNN launch failure'), 'DeviceUnavailable'],
  [new TypeError('x is undefined'), 'TrainerFailed'],
  ['a string', 'TrainerFailed'],
])('%s is a failure of the kind %s', (error, failure) => {
  const message = error instanceof Error ? error.message : error;
  expect(describeFailure(error)).toEqual({ failure, message });
});
