/** An object's bytes and the tag of this version. */
export interface StoredObject {
  body: Buffer;
  /** Changes whenever the content changes. Equal content may have equal tags. */
  etag: string;
}

interface ObjectStat {
  sizeBytes: number;
  etag: string;
  lastModified: Date;
}

export interface ObjectListing {
  key: string;
  sizeBytes: number;
  lastModified: Date;
}

/** Restricts a `put`: write only if the key has no object, or only over the version with this tag. */
export type PutCondition = { ifNoneMatch: '*' } | { ifMatch: string };

/**
 * The operations of an S3 bucket that studies need. Every operation throws `StoreUnavailableError` or
 * `StoreAccessError` if the store can't be used. `get` refuses a data set's test images
 * (`TestImagesRefusedError`); only `test-images.ts` can read those.
 */
export interface ObjectStore {
  /** @returns undefined if there is no such object. */
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * Writes a complete object.
   *
   * @throws {PreconditionFailedError} if the condition doesn't hold.
   */
  put(key: string, body: Uint8Array, condition?: PutCondition): Promise<{ etag: string }>;
  /** @returns undefined if there is no such object. */
  stat(key: string): Promise<ObjectStat | undefined>;
  /** All objects whose keys begin with the prefix, sorted by key. */
  list(prefix: string): Promise<ObjectListing[]>;
  /** Does nothing if there is no such object. */
  delete(key: string): Promise<void>;
}

/** A conditional write was refused because another writer came first. */
export class PreconditionFailedError extends Error {
  override readonly name = 'PreconditionFailedError';
  readonly key: string;

  constructor(key: string, condition: PutCondition, options?: ErrorOptions) {
    const expected = 'ifMatch' in condition ? `version ${condition.ifMatch}` : 'no object';
    super(`${key}: expected ${expected} at this key, but another writer came first; read it again`, options);
    this.key = key;
  }
}

/** The store is unreachable, too slow, or reports a temporary failure. A later retry may succeed. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The store refuses these credentials, this region or this bucket. A retry doesn't help. */
export class StoreAccessError extends Error {
  override readonly name = 'StoreAccessError';
}

/** A stored object does not have the expected content. */
export class DamagedObjectError extends Error {
  override readonly name = 'DamagedObjectError';
  readonly key: string;

  constructor(key: string, expected: string, got: string, options?: ErrorOptions) {
    super(`${key} is damaged: expected ${expected}, got ${got}`, options);
    this.key = key;
  }
}
