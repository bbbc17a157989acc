import { isTestImagesKey } from '../keys.ts';
import type { ObjectStore } from '../object-store.ts';

/** Somebody other than the final test asked for a data set's test images. */
export class TestImagesRefusedError extends Error {
  override readonly name = 'TestImagesRefusedError';
}

/**
 * A store whose `get` refuses test images. The makers of stores apply it before they hand a store out, so
 * that every store refuses them and none has to remember to.
 */
export function withoutTestImages(store: ObjectStore): ObjectStore {
  const guarded: ObjectStore = {
    get: async (key) => {
      if (isTestImagesKey(key)) {
        throw new TestImagesRefusedError(
          `${key} holds test images, which the final test alone may read; ` +
            'choose by the validation images instead',
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

/** The store behind the guard. For `test-images.ts` alone; a test of import directions keeps it so. */
export function withTestImages(guarded: ObjectStore): ObjectStore {
  const store = unguarded.get(guarded);
  if (!store) throw new Error('expected a store made by withoutTestImages, got another; nothing to open');
  return store;
}

// --- helpers ---

const unguarded = new WeakMap<ObjectStore, ObjectStore>();
