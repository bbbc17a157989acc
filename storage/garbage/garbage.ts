import type { ObjectListing } from '../object-store.ts';

/** Objects that nothing needs any more, and that go together. */
export interface Garbage {
  kind: 'study' | 'trial' | 'checkpoints' | 'blob' | 'data set' | 'weights' | 'address' | 'probe';
  /** The trial's key or the study's id; otherwise a hash or an object's key. */
  name: string;
  /** In the order in which they go: what others find it by is first. */
  objects: ObjectListing[];
  /** It goes with a study that somebody wants gone, so it goes however young it is. */
  isUnwanted: boolean;
}

export interface GarbageOptions {
  /** What has been written since then stays. */
  before: Date;
  /** Ids of studies that run, or may run. */
  running: readonly string[];
  /** Ids of studies that somebody wants gone, with the trials that no other study's record names. */
  unwanted: readonly string[];
}

/** Studies that somebody wants gone are needed by others. */
export class StudyInUseError extends Error {
  override readonly name = 'StudyInUseError';
}
