import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { createPrepareDataset } from '../../activities/prepare-dataset.ts';
import { getDatasetManifest } from '../../storage/inputs/datasets.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { dataSchema } from '../../study/definition/data-schema.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { tarGzOf, writeTree } from '../training/data/archives.ts';
import { classFolders } from '../training/data/pictures.ts';
import { openNamespace } from '../workflows/namespace.ts';
import { preparations } from './preparations.ts';

type Prepare = ReturnType<typeof createPrepareDataset>;

let temporal: Awaited<ReturnType<typeof openNamespace>>;
let folder: string;
let store: ObjectStore;
beforeAll(async () => {
  temporal = await openNamespace();
});
afterAll(() => temporal.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-data-'));
  store = createMinioStore(await freshBucket());
});
afterEach(() => rm(folder, { recursive: true }));

const { prepare, refused, start, withWorker } = preparations<
  Parameters<Prepare>[0],
  Awaited<ReturnType<Prepare>>
>('prepareDataset', () => ({ temporal, store, folder }));

const data = dataSchema.parse({ kind: 'images', classes: 2, height: 8, width: 8, channels: 3 });
const asked = (archive: string | null, change = {}) => ({
  source: { archive },
  generatedImages: false,
  data: { ...data, ...change } as typeof data,
});

it('data of one’s own are prepared and stored once, from a folder or its archive', async () => {
  const pictures = join(folder, 'pictures');
  const tree = await classFolders(['cat', 'dog'], 10);
  await writeTree(pictures, tree);
  const summary = await prepare(asked(pictures));
  expect(summary).toMatchObject({
    trainImages: 16,
    testImages: 4,
    classes: ['cat', 'dog'],
    origin: { kind: 'own', source: pictures },
  });
  const manifest = await getDatasetManifest(store, summary.sha256);
  expect(manifest).toMatchObject({ format: 2, fit: 'crop', input: { shape: [8, 8, 3], classes: 2 } });
  const objects = await store.list('');

  // Nothing is written again, also if trials normalise them in another way.
  expect(await prepare(asked(pictures))).toEqual(summary);
  const given = { mean: [0.5], deviation: [0.5] };
  expect(await prepare(asked(pictures, { normalisation: given }))).toEqual(summary);
  expect(await store.list('')).toEqual(objects);
  await writeFile(join(folder, 'a.tar.gz'), await tarGzOf(tree));
  expect(await prepare(asked(join(folder, 'a.tar.gz')))).toEqual(summary);
  expect((await prepare(asked(pictures, { height: 6 }))).sha256).not.toBe(summary.sha256);
  expect(await readdir(join(folder, 'downloads'))).toEqual([]);

  // Now nothing can be prepared any more, and nothing needs to be.
  await rm(join(folder, 'downloads'), { recursive: true });
  await writeFile(join(folder, 'downloads'), 'a file where the folder should be');
  for (const source of [pictures, join(folder, 'a.tar.gz')])
    expect(await prepare(asked(source))).toEqual(summary);
  await writeFile(join(pictures, 'dog', '3.png'), tree['dog/4.png'] as Buffer);
  await expect(prepare(asked(pictures))).rejects.toThrow();
});

it('a preparation that is cancelled ends at once, and leaves nothing', async () => {
  const rows = Array.from({ length: 400_000 }, (_, row) => `${row},${row % 7},${row % 3}`);
  const table = join(folder, 'table.csv');
  await writeFile(table, `a,b,kind\n${rows.join('\n')}\n`);
  const about = { kind: 'table', classes: 3, features: 2, label: 'kind' };
  const request = { ...asked(table), data: dataSchema.parse(about) };
  await withWorker(async () => {
    const handle = await start(request, 1);
    const heard = async () =>
      (await handle.describe({ includeHeartbeatDetails: true })).getHeartbeatDetails();
    await expect.poll(heard).toMatchObject({ doneExamples: expect.any(Number) });
    await handle.cancel('no longer wanted');
    await expect(handle.result()).rejects.toThrow();
    await expect.poll(() => readdir(join(folder, 'downloads'))).toEqual([]);
  });
  expect(await store.list('')).toEqual([]);
});

it('bad data are refused in one line, at once, and nothing is stored', async () => {
  const pictures = join(folder, 'pictures');
  await writeTree(pictures, { ...(await classFolders(['cat', 'dog'], 5)), 'cat/x.png': 'no picture' });
  const { cause, attempts } = await refused(asked(pictures));
  expect({ cause, attempts }).toMatchObject({ cause: { type: 'BadData' }, attempts: 1 });
  expect(cause.message).toMatch(/^\S*pictures: cat\/x\.png: the image can't be decoded[^\n]*$/);
  expect(await store.list('datasets/')).toEqual([]);
  expect(await readdir(join(folder, 'downloads'))).toEqual([]);
});

it('a study that names no data needs them on the command line', async () => {
  expect(await refused(asked(null))).toMatchObject({ cause: { type: 'BadData' }, attempts: 1 });
});
