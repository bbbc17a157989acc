import { describe, expect, it, vi } from 'vitest';
import { getBlob, putBlob } from '../../storage/blobs.ts';
import { blobKey } from '../../storage/keys.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { DamagedObjectError } from '../../storage/object-store.ts';

const bytes = Buffer.from('weights');
const ref = {
  sha256: '9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c', // by sha256sum
  sizeBytes: 7,
};

describe('blobs', () => {
  it('are stored under their SHA-256 and read back', async () => {
    const store = createMemoryStore();
    expect(await putBlob(store, bytes)).toEqual(ref);
    expect(await store.list('')).toMatchObject([{ key: `blobs/${ref.sha256}`, sizeBytes: 7 }]);
    expect(await getBlob(store, ref)).toEqual(bytes);
  });

  it('are young again if they are stored again, so that they are not removed as orphans', async () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
    const store = createMemoryStore();
    await putBlob(store, bytes);
    vi.setSystemTime(2_000_000);
    expect(await putBlob(store, bytes)).toEqual(ref);
    expect((await store.stat(blobKey(ref.sha256)))?.lastModified).toEqual(new Date(2_000_000));
    vi.useRealTimers();
  });

  it('are replaced if the stored bytes are damaged', async () => {
    const store = createMemoryStore();
    await store.put(blobKey(ref.sha256), Buffer.from('weighty'));
    await putBlob(store, bytes);
    expect(await getBlob(store, ref)).toEqual(bytes);
  });

  it('are refused if they are missing or damaged', async () => {
    const store = createMemoryStore();
    await expect(getBlob(store, ref)).rejects.toThrow(
      `blobs/${ref.sha256} is damaged: expected an object with SHA-256 ${ref.sha256}, got nothing`,
    );
    await store.put(blobKey(ref.sha256), Buffer.from('weighty'));
    const read = getBlob(store, ref);
    await expect(read).rejects.toThrow(DamagedObjectError);
    await expect(read).rejects.toThrow(
      /expected content with SHA-256 9a129038.*, got 7 bytes with [0-9a-f]{64}/,
    );
  });
});
