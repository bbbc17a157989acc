import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { probeConditionalWrites, UnsuitableStoreError } from '../../storage/minio/probe.ts';
import { PreconditionFailedError } from '../../storage/object-store.ts';
import { describeObjectStore } from './contract.ts';
import { storeKinds } from './fresh-stores.ts';

for (const [name, createStore] of storeKinds) describeObjectStore(name, createStore);

describe('probeConditionalWrites', () => {
  it('refuses a server that ignores conditions', async () => {
    const store = createMemoryStore();
    const careless = { ...store, put: (key: string, body: Uint8Array) => store.put(key, body) };
    const probe = probeConditionalWrites(careless);
    await expect(probe).rejects.toThrow(UnsuitableStoreError);
    await expect(probe).rejects.toThrow(/ignores conditional writes.*If-None-Match.*use a server/);
    expect(await store.list('')).toEqual([]);
  });

  it('refuses a server that supports only If-None-Match', async () => {
    const store = createMemoryStore();
    const half: typeof store = {
      ...store,
      put: (key, body, condition) =>
        store.put(key, body, condition && 'ifMatch' in condition ? undefined : condition),
    };
    await expect(probeConditionalWrites(half)).rejects.toThrow(/whose condition \(If-Match\) does not hold/);
  });

  it.each([
    ['If-None-Match', 'ifNoneMatch'],
    ['If-Match', 'ifMatch'],
  ])('refuses a server that checks %s and writes in two steps', async (header, racy) => {
    const store = createMemoryStore();
    const twoSteps: typeof store = {
      ...store,
      put: async (key, body, condition) => {
        if (!condition || !(racy in condition)) return store.put(key, body, condition);
        const current = await store.stat(key);
        const holds = 'ifMatch' in condition ? current?.etag === condition.ifMatch : !current;
        if (!holds) throw new PreconditionFailedError(key, condition);
        return store.put(key, body);
      },
    };
    await expect(probeConditionalWrites(twoSteps)).rejects.toThrow(
      new RegExp(`let 32 of 32 writers succeed .* condition ${header}`),
    );
    expect(await store.list('')).toEqual([]);
  });
});
