import { createHash } from 'node:crypto';
import { withoutTestImages } from './inputs/test-image-guard.ts';
import {
  type ObjectStore,
  PreconditionFailedError,
  type PutCondition,
  type StoredObject,
} from './object-store.ts';

/** A store in this process's memory, for tests. */
export function createMemoryStore(): ObjectStore {
  const objects = new Map<string, StoredObject & { lastModified: Date }>();

  function check(key: string, condition: PutCondition): void {
    const etag = objects.get(key)?.etag;
    const holds = 'ifMatch' in condition ? etag === condition.ifMatch : etag === undefined;
    if (!holds) throw new PreconditionFailedError(key, condition);
  }

  return withoutTestImages({
    get: async (key) => {
      const object = objects.get(key);
      return object && { body: Buffer.from(object.body), etag: object.etag };
    },
    put: async (key, bytes, condition) => {
      if (condition) check(key, condition);
      const body = Buffer.from(bytes);
      // MD5, as in S3: equal content has equal tags.
      const etag = createHash('md5').update(body).digest('hex');
      objects.set(key, { body, etag, lastModified: new Date() });
      return { etag };
    },
    stat: async (key) => {
      const object = objects.get(key);
      return (
        object && { sizeBytes: object.body.length, etag: object.etag, lastModified: object.lastModified }
      );
    },
    list: async (prefix) =>
      [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { body, lastModified }]) => ({ key, sizeBytes: body.length, lastModified }))
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    delete: async (key) => {
      objects.delete(key);
    },
  });
}
