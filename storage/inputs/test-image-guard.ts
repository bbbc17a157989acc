import { isTestImagesKey } from '../keys.ts';
import type { ObjectStore } from '../object-store.ts';

/** Code other than the final test asked for a data set's test images. */
export class TestImagesRefusedError extends Error {
  override readonly name = 'TestImagesRefusedError';
}

/** A store whose `get` refuses test images. Every function that creates a store applies it. */
export function withoutTestImages(store: ObjectStore): ObjectStore {
  const guarded: ObjectStore = {
    get: async (key) => {
      if (isTestImagesKey(key)) {
        throw new TestImagesRefusedError(
          `${key} holds test images, which only the final test may read; use the validation images`,
        );
      }
      return store.get(key);
    },
    put: (key, body, condition) => store.put(key, body, condition),
    stat: (key) => store.stat(key),
    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
  };
  unguarded.set(guarded, store);
  return guarded;
}

/** The store behind the guard. Only `test-images.ts` may call this; an import rule enforces it. */
export function withTestImages(guarded: ObjectStore): ObjectStore {
  const store = unguarded.get(guarded);
  if (!store) throw new Error('expected a store from withoutTestImages, got another');
  return store;
}

// --- helpers ---

const unguarded = new WeakMap<ObjectStore, ObjectStore>();
