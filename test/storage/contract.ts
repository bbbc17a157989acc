import { beforeAll, describe, expect, it } from 'vitest';
import { probeConditionalWrites } from '../../storage/minio/probe.ts';
import { type ObjectStore, PreconditionFailedError } from '../../storage/object-store.ts';

/** The contract that every object store must meet. */
export function describeObjectStore(name: string, createStore: () => Promise<ObjectStore>): void {
  describe(`object store: ${name}`, () => {
    let store: ObjectStore;
    beforeAll(async () => {
      store = await createStore();
    });

    it('returns what was put, with the tag of that version', async () => {
      const body = Buffer.from([0, 1, 2, 255, 10, 13]);
      const { etag } = await store.put('round/trip', body);
      expect(await store.get('round/trip')).toEqual({ body, etag });
      expect(await store.stat('round/trip')).toEqual({
        sizeBytes: 6,
        etag,
        lastModified: expect.any(Date),
      });
    });

    it('accepts any view of bytes, and an empty object', async () => {
      const view = new Uint8Array([9, 8, 7, 6]).subarray(1, 3);
      await store.put('view', view);
      await store.put('empty', new Uint8Array());
      expect((await store.get('view'))?.body).toEqual(Buffer.from([8, 7]));
      expect((await store.get('empty'))?.body).toEqual(Buffer.alloc(0));
    });

    it('copies the bytes it is given', async () => {
      const bytes = Buffer.from('before');
      await store.put('own', bytes);
      bytes.fill(0);
      expect((await store.get('own'))?.body.toString()).toBe('before');
    });

    it('returns undefined for a missing object, and deletes it without an error', async () => {
      expect(await store.get('missing')).toBeUndefined();
      expect(await store.stat('missing')).toBeUndefined();
      await store.delete('missing');
    });

    it('replaces and deletes', async () => {
      const first = await store.put('changing', Buffer.from('one'));
      const second = await store.put('changing', Buffer.from('two'));
      expect(second.etag).not.toBe(first.etag);
      expect((await store.get('changing'))?.body.toString()).toBe('two');
      await store.delete('changing');
      expect(await store.get('changing')).toBeUndefined();
    });

    it('creates an object only once with ifNoneMatch', async () => {
      await store.put('once', Buffer.from('first'), { ifNoneMatch: '*' });
      const again = store.put('once', Buffer.from('second'), { ifNoneMatch: '*' });
      await expect(again).rejects.toThrow(PreconditionFailedError);
      await expect(again).rejects.toThrow(/^once: expected no object at this key/);
      expect((await store.get('once'))?.body.toString()).toBe('first');
    });

    it('lets exactly one of many racing creates win', async () => {
      const tries = Array.from({ length: 20 }, (_, index) =>
        store.put('race', Buffer.from(`writer ${index}`), { ifNoneMatch: '*' }),
      );
      const ends = await Promise.allSettled(tries);
      const winners = ends.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      expect((await store.get('race'))?.body.toString()).toBe(`writer ${winners[0]}`);
      for (const end of ends) {
        if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(PreconditionFailedError);
      }
    });

    it('overwrites only the named version with ifMatch', async () => {
      const { etag } = await store.put('version', Buffer.from('one'));
      await store.put('version', Buffer.from('two'), { ifMatch: etag });
      await expect(store.put('version', Buffer.from('three'), { ifMatch: etag })).rejects.toThrow(
        PreconditionFailedError,
      );
      expect((await store.get('version'))?.body.toString()).toBe('two');
    });

    it('refuses ifMatch if the object has been deleted', async () => {
      const { etag } = await store.put('gone', Buffer.from('one'));
      await store.delete('gone');
      await expect(store.put('gone', Buffer.from('two'), { ifMatch: etag })).rejects.toThrow(
        PreconditionFailedError,
      );
      expect(await store.get('gone')).toBeUndefined();
    });

    it('lists all levels below a prefix, sorted, across pages', async () => {
      const keys = Array.from({ length: 1_050 }, (_, index) => `many/${index % 3}/${index}`);
      for (let start = 0; start < keys.length; start += 50) {
        await Promise.all(keys.slice(start, start + 50).map((key) => store.put(key, Buffer.from(key))));
      }
      await store.put('manyother', Buffer.from('x'));
      const listed = await store.list('many/');
      expect(listed.map(({ key }) => key)).toEqual([...keys].sort());
      expect(listed[0]).toEqual({ key: 'many/0/0', sizeBytes: 8, lastModified: expect.any(Date) });
      expect(await store.list('many/1/100')).toHaveLength(5); // 100, 1000, 1003, 1006 and 1009
      expect(await store.list('none/')).toEqual([]);
    });

    it('passes the probe of conditional writes, which leaves no object behind', async () => {
      await probeConditionalWrites(store);
      expect(await store.list('probe/')).toEqual([]);
    });
  });
}
