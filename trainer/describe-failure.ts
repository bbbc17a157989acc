import { UnsuitableStoreError } from '../storage/minio/probe.ts';
import { DamagedObjectError, StoreAccessError, StoreUnavailableError } from '../storage/object-store.ts';
import { LeaseLostError } from '../storage/trials/lease.ts';
import { NetworkShapeError } from '../study/definition/network-shapes.ts';
import { DataError } from '../training/data/data-error.ts';
import { DeviceUnavailableError } from '../training/tensorflow/device-unavailable.ts';
import { isOutOfMemory } from '../training/tensorflow/out-of-memory.ts';
import { NotTraceableError } from '../training/trace/not-traceable.ts';
import { WeightsMismatchError } from '../training/weights/fit-weights.ts';
import { WeightsFileError } from '../training/weights/load-weights.ts';
import { type FailureKind, TrainerError } from './protocol.ts';

/** The kind of failure that an error is, which decides whether and when the job is tried again. */
export function describeFailure(error: unknown): { failure: FailureKind; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TrainerError) return { failure: error.kind, message };
  const [, failure] = KINDS.find(([type]) => error instanceof type) ?? [];
  return { failure: failure ?? kindOf(message), message };
}

// --- helpers ---

const KINDS: [new (...args: never[]) => Error, FailureKind][] = [
  [NetworkShapeError, 'BadConfiguration'],
  [NotTraceableError, 'BadConfiguration'],
  [WeightsMismatchError, 'BadConfiguration'],
  [WeightsFileError, 'BadConfiguration'],
  [DataError, 'DamagedData'],
  [DamagedObjectError, 'DamagedData'],
  [LeaseLostError, 'LeaseLost'],
  [StoreUnavailableError, 'StoreUnavailable'],
  [StoreAccessError, 'StoreUnavailable'],
  [UnsuitableStoreError, 'StoreUnavailable'],
  [DeviceUnavailableError, 'DeviceUnavailable'],
];

/** TensorFlow throws plain errors: only their text shows what has failed. */
function kindOf(message: string): FailureKind {
  if (isOutOfMemory(message)) return 'OutOfMemory';
  return CUDA_ERROR.test(message) ? 'DeviceUnavailable' : 'TrainerFailed';
}

const CUDA_ERROR = /CUDA|cuDNN|no NVIDIA|GPU/;
