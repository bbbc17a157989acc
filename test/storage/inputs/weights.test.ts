import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../storage/blobs.ts';
import { cachedWeights } from '../../../storage/inputs/local-cache.ts';
import { findWeights, getWeights, putWeights } from '../../../storage/inputs/weights.ts';
import { weightsKey, weightsManifestKey } from '../../../storage/keys.ts';
import { createMemoryStore } from '../../../storage/memory-store.ts';
import { DamagedObjectError, type ObjectStore } from '../../../storage/object-store.ts';
import type { WeightsOrigin } from '../../../study/record/record.ts';
import { storeKinds } from '../fresh-stores.ts';

const file = Buffer.from('the content of a safetensors file');
const sha256 = sha256Of(file);
const origin: WeightsOrigin = {
  kind: 'other',
  source: '/somewhere/weights.pth',
  fileSha256: 'ab'.repeat(32),
  format: 'torch.save, zip',
};

describe.each(storeKinds)('pretrained weights (%s)', (_kind, fresh) => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await fresh();
  });

  it('are stored once under the SHA-256 of their tensors, and found by the SHA-256 of their file', async () => {
    const summary = { sha256, tensors: 3, origin };
    expect(await putWeights(store, { file, tensors: 3, origin })).toEqual(summary);
    expect(await getWeights(store, sha256)).toEqual(file);
    expect(await findWeights(store, ['cd'.repeat(32), origin.fileSha256])).toEqual(summary);
    expect(await findWeights(store, ['cd'.repeat(32)])).toBeUndefined();

    const other: WeightsOrigin = { ...origin, fileSha256: 'cd'.repeat(32), format: 'safetensors' };
    const again = await putWeights(store, { file, tensors: 3, origin: other });
    expect(again).toEqual({ sha256, tensors: 3, origin: other });
    expect((await store.list('weights/')).map(({ key }) => key)).toEqual([
      weightsKey(sha256),
      weightsManifestKey(sha256),
    ]);
  });

  it('are verified when they are read', async () => {
    await putWeights(store, { file, tensors: 3, origin });
    await store.put(weightsKey(sha256), Buffer.from('something else'));
    await expect(getWeights(store, sha256)).rejects.toThrow(DamagedObjectError);
    await store.delete(weightsKey(sha256));
    await expect(getWeights(store, sha256)).rejects.toThrow(
      /expected an object with SHA-256 .*, got nothing/,
    );
  });

  it('are written again if an earlier attempt left a truncated file', async () => {
    await store.put(weightsKey(sha256), file.subarray(5));
    await putWeights(store, { file, tensors: 3, origin });
    expect(await getWeights(store, sha256)).toEqual(file);
  });
});

describe('cachedWeights', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'weights-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads the store once, and again if the local file is damaged', async () => {
    const store = createMemoryStore();
    await putWeights(store, { file, tensors: 3, origin });
    const { get } = store;
    let reads = 0;
    store.get = (key) => {
      reads++;
      return get(key);
    };
    for (let times = 0; times < 3; times++) expect(await cachedWeights(store, sha256, folder)).toEqual(file);
    expect(reads).toBe(1);
    const [cached] = await readdir(folder);
    await writeFile(path.join(folder, cached as string), 'damaged');
    expect(await cachedWeights(store, sha256, folder)).toEqual(file);
    expect(reads).toBe(2);
  });
});
