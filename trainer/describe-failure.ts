import { UnsuitableStoreError } from '../storage/minio/probe.ts';
import { DamagedObjectError, StoreAccessError, StoreUnavailableError } from '../storage/object-store.ts';
import { LeaseLostError } from '../storage/trials/lease.ts';
import { NetworkShapeError } from '../study/definition/network-shapes.ts';
import { NotTraceableError } from '../training/trace/not-traceable.ts';
import { WeightsMismatchError } from '../training/weights/fit-weights.ts';
import { WeightsFileError } from '../training/weights/load-weights.ts';
import type { TrainerFailureKind } from './protocol.ts';

const KINDS: [new (...args: never[]) => Error, TrainerFailureKind][] = [
  [NetworkShapeError, 'BadConfiguration'],
  [NotTraceableError, 'BadConfiguration'],
  [WeightsMismatchError, 'BadConfiguration'],
  [WeightsFileError, 'BadConfiguration'],
  [DamagedObjectError, 'DamagedData'],
  [LeaseLostError, 'LeaseLost'],
  [StoreUnavailableError, 'StoreUnavailable'],
  [StoreAccessError, 'StoreUnavailable'],
  [UnsuitableStoreError, 'StoreUnavailable'],
];

/** What kind of failure an error is: it decides whether and when the training is tried again. */
export function describeFailure(error: unknown): { failure: TrainerFailureKind; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  const known = KINDS.find(([type]) => error instanceof type);
  if (known) return { failure: known[1], message };
  const cuda = /CUDA|cuDNN|no NVIDIA|GPU/.test(message);
  return { failure: cuda ? 'DeviceUnavailable' : 'TrainerFailed', message };
}
