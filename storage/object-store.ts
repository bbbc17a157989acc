/** An object as read: its bytes and the tag that names this version of it. */
export interface StoredObject {
  body: Buffer;
  /** Changes whenever the content does; equal content may have an equal tag. */
  etag: string;
}

interface ObjectStat {
  sizeBytes: number;
  etag: string;
  lastModified: Date;
}

interface ObjectListing {
  key: string;
  sizeBytes: number;
}

/** When a `put` is carried out: only if there is nothing at the key, or only over the version with this tag. */
export type PutCondition = { ifNoneMatch: '*' } | { ifMatch: string };

/**
 * The operations of an S3 bucket that the study needs. Every operation throws `StoreUnavailableError` or
 * `StoreAccessError` where the store can't be used. `get` refuses the test images of a data set
 * (`TestImagesRefusedError`); only `test-images.ts` can read those.
 */
export interface ObjectStore {
  /** @returns undefined where there is no such object. */
  get(key: string): Promise<StoredObject | undefined>;
  /** Writes whole objects only; throws `PreconditionFailedError` where the condition doesn't hold. */
  put(key: string, body: Uint8Array, condition?: PutCondition): Promise<{ etag: string }>;
  /** @returns undefined where there is no such object. */
  stat(key: string): Promise<ObjectStat | undefined>;
  /** All objects whose keys begin with the prefix, sorted by key. */
  list(prefix: string): Promise<ObjectListing[]>;
  /** Deleting what isn't there is no error. */
  delete(key: string): Promise<void>;
}

/** A conditional write was refused: somebody else wrote first. */
export class PreconditionFailedError extends Error {
  override readonly name = 'PreconditionFailedError';
  readonly key: string;

  constructor(key: string, condition: PutCondition, options?: ErrorOptions) {
    const expected =
      'ifMatch' in condition ? `version ${condition.ifMatch} at the key` : 'nothing at the key yet';
    super(`${key}: expected ${expected}, but somebody else wrote it; read it again`, options);
    this.key = key;
  }
}

/** The store can't be reached, doesn't answer in time, or answers that it can't work now. Worth trying again. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The store answers, but refuses these credentials, this region or this bucket. Trying again doesn't help. */
export class StoreAccessError extends Error {
  override readonly name = 'StoreAccessError';
}

/** An object is there, but isn't what it should be. */
export class DamagedObjectError extends Error {
  override readonly name = 'DamagedObjectError';
  readonly key: string;

  constructor(key: string, expected: string, got: string, options?: ErrorOptions) {
    super(`${key} is damaged: expected ${expected}, got ${got}`, options);
    this.key = key;
  }
}
