import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { putBlob, sha256Of } from '../../../storage/blobs.ts';
import { findGarbage } from '../../../storage/garbage/find-garbage.ts';
import { StudyInUseError } from '../../../storage/garbage/garbage.ts';
import { removeGarbage } from '../../../storage/garbage/remove-garbage.ts';
import { putAddress } from '../../../storage/inputs/addresses.ts';
import { putDataset } from '../../../storage/inputs/datasets.ts';
import { putWeights } from '../../../storage/inputs/weights.ts';
import {
  blobKey,
  checkpointKey,
  datasetRecipeKey,
  metricsKey,
  resultKey,
  studyKey,
} from '../../../storage/keys.ts';
import { createMemoryStore } from '../../../storage/memory-store.ts';
import { createMinioStore } from '../../../storage/minio/minio-store.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { acquireLease } from '../../../storage/trials/lease.ts';
import { writeTrialConfig } from '../../../storage/trials/trials.ts';
import type { TrialSpec } from '../../../study/trial/trial.ts';
import { trialKey } from '../../../study/trial/trial-key.ts';
import { exampleSpec } from '../examples.ts';
import { freshBucket } from '../fresh-stores.ts';

/** Everything that is stored in a test is older. */
const LATER = new Date(Date.now() + 3_600_000);
/** Everything that is stored in a test is younger. */
const EARLIER = new Date(0);

let store: ObjectStore;

describe('garbage (MinIO)', () => {
  beforeEach(async () => {
    store = createMinioStore(await freshBucket());
  });

  it('is what no result, no checkpoint of an unfinished trial and no study names', async () => {
    const [finished, unfinished] = [exampleSpec(1), exampleSpec(2)];
    const [best, predictions, current, tested] = await blobs('best', 'predictions', 'current', 'tested');
    await finish(finished, [best, predictions]);
    await writeTrialConfig(store, unfinished);
    await checkpoint(unfinished, 100, [current]);
    await open('runs', unfinished, { predictions: tested });
    const before = await keys();

    // Lists of more than a page are a matter of the store: test/storage/contract.ts.
    const orphans = Array.from({ length: 40 }, (_, index) => `orphan ${index}`);
    await blobs(...orphans);
    await checkpoint(finished, 100, await blobs('weights of a checkpoint', 'optimizer of a checkpoint'));
    const found = await findGarbage(store, { before: LATER, running: ['runs'], unwanted: [] });
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['blob', 'checkpoints']));
    expect(found).toHaveLength(orphans.length + 3);
    expect(await removeGarbage(store, found, LATER)).toHaveLength(found.length);
    expect(await keys()).toEqual(before);
    expect(await findGarbage(store, { before: LATER, running: ['runs'], unwanted: [] })).toEqual([]);
  });

  it('is no checkpoint of a trial that an earlier version gave up for a lack of memory', async () => {
    const spec = exampleSpec();
    const trial = await writeTrialConfig(store, spec);
    const [weights] = await blobs('weights');
    await checkpoint(spec, 100, [weights]);
    await putJson(resultKey(trial), { outcome: 'outOfMemory', holder: 'default ended/a/b run 1' });
    expect(await findGarbage(store, { before: LATER, running: [], unwanted: [] })).toEqual([]);
  });

  it('is nothing young', async () => {
    const spec = exampleSpec();
    await finish(spec, await blobs('best'));
    await checkpoint(spec, 100, await blobs('of a checkpoint'));
    await writeTrialConfig(store, exampleSpec(2));
    await blobs('orphan');
    await putAddress(store, 'https://data.example/a?b=c');
    await putDataset(store, images);
    expect(await findGarbage(store, { before: EARLIER, running: [], unwanted: [] })).toEqual([]);
  });

  it('is an abandoned trial, but not while somebody trains it, or a study runs that may', async () => {
    const spec = exampleSpec();
    const trial = await writeTrialConfig(store, spec);
    await store.put(metricsKey(trial, 1), Buffer.from('{}'));
    const [weights] = await blobs('weights');
    await checkpoint(spec, 100, [weights]);
    await open('runs', spec);
    await open('ended', exampleSpec(), {}, 'f'.repeat(64));
    const before = await keys();
    for (const running of [['runs'], ['is-preparing']]) {
      expect(await findGarbage(store, { before: LATER, running, unwanted: [] })).toEqual([]);
    }
    const abandoned = await findGarbage(store, { before: LATER, running: ['ended'], unwanted: [] });
    expect(abandoned.map(({ kind }) => kind)).toEqual(['trial', 'blob']);

    const request = { holder: 'default s/t/u run 1', attempt: 1, ttlMs: 60_000 };
    const turn = await acquireLease(store, trial, request);
    expect(await removeGarbage(store, abandoned.slice(0, 1), LATER)).toEqual([]);
    expect(await keys()).toEqual([...before, `trials/${trial}/lease.json`].sort());
    if ('lease' in turn) await turn.lease.release();
    expect(await removeGarbage(store, abandoned, LATER)).toHaveLength(2);
    expect(await keys()).toEqual(before.filter((key) => key.startsWith('studies/')));
  });

  it('is no trial that a search has stopped, as long as its study stays', async () => {
    const spec = exampleSpec();
    await writeTrialConfig(store, spec);
    const [weights] = await blobs('weights');
    await checkpoint(spec, 100, [weights]);
    await open('stopped', spec, { standings: [{ status: 'stopped', trialKey: trialKey(spec) }] });
    expect(await findGarbage(store, { before: LATER, running: [], unwanted: [] })).toEqual([]);
    const found = await findGarbage(store, { before: LATER, running: [], unwanted: ['stopped'] });
    expect(found.map(({ kind }) => kind)).toEqual(['trial', 'blob', 'study']);
  });

  it('is a data set and weights that no study or trial names, addresses and probes', async () => {
    const { dataset } = await putDataset(store, images);
    const { sha256 } = await putWeights(store, weightsOf('used'));
    const spec: TrialSpec = { ...exampleSpec(), initialWeights: sha256 };
    await finish({ ...spec, data: { ...spec.data, dataset } }, []);
    const before = await keys();
    const other = await putDataset(store, { ...images, train: Buffer.from('other images') });
    await store.put(datasetRecipeKey(other.dataset, 'b'.repeat(64)), Buffer.from('{}'));
    await putWeights(store, weightsOf('unused'));
    await putAddress(store, 'https://data.example/a?b=c');
    await store.put('probe/1', Buffer.from('x'));
    expect(
      (await findGarbage(store, { before: LATER, running: ['is-preparing'], unwanted: [] })).map(
        ({ kind }) => kind,
      ),
    ).toEqual(['probe']);
    const found = await findGarbage(store, { before: LATER, running: [], unwanted: [] });
    expect(found.map(({ kind, objects }) => [kind, objects.length])).toEqual([
      ['data set', 4],
      ['weights', 2],
      ['address', 1],
      ['probe', 1],
    ]);
    // What others find it by.
    expect(found.slice(0, 2).map(({ objects }) => objects[0]?.key)).toEqual([
      expect.stringMatching(/manifest\.json$/),
      expect.stringMatching(/\.json$/),
    ]);
    await removeGarbage(store, found, LATER);
    expect(await keys()).toEqual(before);
  });

  it('is an unwanted study with what only it names, however young', async () => {
    const [shared, own, unrecorded] = [exampleSpec(1), exampleSpec(2), exampleSpec(3)];
    const [sharedBlob] = await blobs('shared');
    await finish(shared, [sharedBlob], 'unwanted');
    await open('other', shared, { trials: [trialKey(shared)] });
    const before = await keys();
    await finish(own, await blobs('own'), 'unwanted');
    await finish(unrecorded, await blobs('unrecorded'), 'unwanted');
    await open('unwanted', own, { trials: [trialKey(shared), trialKey(own)] });
    await store.put('studies/unwanted/report/index.html', Buffer.from('<html>'));

    const options = { before: EARLIER, unwanted: ['unwanted'] };
    await expect(findGarbage(store, { ...options, running: ['other'] })).rejects.toThrow(StudyInUseError);
    const found = await findGarbage(store, { ...options, running: [] });
    expect(found.at(-1)?.objects.at(-1)?.key).toBe(studyKey('unwanted'));
    await removeGarbage(store, found, EARLIER);
    expect(await keys()).toEqual(before);
  });

  it('leaves an unwanted study until its last trial is removed', async () => {
    const spec = exampleSpec();
    await finish(spec, [], 'unwanted');
    await open('unwanted', spec, { trials: [trialKey(spec)] });
    const lease = { holder: 'default unwanted/a/b run 1', attempt: 1, ttlMs: 60_000 };
    await acquireLease(store, trialKey(spec), lease);
    const found = await findGarbage(store, { before: EARLIER, running: [], unwanted: ['unwanted'] });
    expect(await removeGarbage(store, found, EARLIER)).toEqual([]);
    expect(await store.get(studyKey('unwanted'))).toBeDefined();
    expect(await store.get(resultKey(trialKey(spec)))).toBeDefined();
  });
});

describe('garbage, while studies run', () => {
  beforeEach(() => {
    store = createMemoryStore();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is not a blob that has been stored again since it was found', async () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
    const [orphan, again] = await blobs('orphan', 'stored again');
    const before = new Date(2_000_000);
    const found = await findGarbage(store, { before, running: [], unwanted: [] });
    expect(found).toHaveLength(2);
    vi.setSystemTime(3_000_000);
    await blobs('stored again');
    await removeGarbage(store, found, before);
    expect(await store.get(blobKey(orphan))).toBeUndefined();
    expect(await store.get(blobKey(again))).toBeDefined();
  });

  it('is an abandoned trial whose lease nobody has renewed or released', async () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
    const trial = await writeTrialConfig(store, exampleSpec());
    await acquireLease(store, trial, { holder: 'default s/t/u', attempt: 1, ttlMs: 60_000 });
    vi.setSystemTime(1_000_000 + 2 * 86_400_000);
    const before = new Date(1_000_000 + 86_400_000);
    const found = await findGarbage(store, { before, running: [], unwanted: [] });
    expect(await removeGarbage(store, found, before)).toHaveLength(1);
    expect(await keys()).toEqual([]);
  });

  it('is not a blob of a checkpoint that replaces the one that was listed', async () => {
    const spec = exampleSpec();
    const [best] = await blobs('best');
    await writeTrialConfig(store, spec);
    await checkpoint(spec, 100, [best]);
    const first = checkpointKey(trialKey(spec), 100, 1);
    const training: ObjectStore = {
      ...store,
      get: async (key) => {
        if (key !== first) return store.get(key);
        await checkpoint(spec, 200, [best]);
        await store.delete(first);
        return undefined;
      },
    };
    await open('runs', spec);
    expect(await findGarbage(training, { before: LATER, running: ['runs'], unwanted: [] })).toEqual([]);
  });
});

// --- helpers ---

const images = {
  train: Buffer.from('images'),
  test: Buffer.from('test images'),
  trainImages: 1,
  testImages: 1,
  classes: Array.from({ length: 10 }, (_, label) => `class ${label}`),
  origin: { kind: 'generated' as const },
};

function weightsOf(text: string) {
  const fileSha256 = sha256Of(Buffer.from(`file of ${text}`));
  const origin = {
    kind: 'other' as const,
    source: '/weights.pth',
    fileSha256,
    format: 'safetensors' as const,
  };
  return { file: Buffer.from(text), tensors: 1, origin };
}

async function keys(): Promise<string[]> {
  return (await store.list('')).map(({ key }) => key);
}

/** @returns their hashes. */
async function blobs<const Texts extends string[]>(...texts: Texts): Promise<{ [I in keyof Texts]: string }> {
  const refs = await Promise.all(texts.map((text) => putBlob(store, Buffer.from(text))));
  return refs.map(({ sha256 }) => sha256) as { [I in keyof Texts]: string };
}

/** As far as garbage is concerned: objects count as what they name. */
async function putJson(key: string, value: unknown): Promise<void> {
  await store.put(key, Buffer.from(JSON.stringify(value)));
}

async function finish(spec: TrialSpec, names: readonly string[], study = 'ended'): Promise<void> {
  const holder = `default ${study}/stage/trial run 1`;
  await writeTrialConfig(store, spec);
  await putJson(resultKey(trialKey(spec)), { spec, holder, names });
}

async function checkpoint(spec: TrialSpec, step: number, names: readonly string[]): Promise<void> {
  await putJson(checkpointKey(trialKey(spec), step, 1), { names });
}

/** Writes a study with the data of a trial. */
async function open(
  studyId: string,
  { data }: TrialSpec,
  record: Record<string, unknown> = {},
  dataset = data.dataset,
): Promise<void> {
  await putJson(studyKey(studyId), { studyId, dataset });
  await putJson(`studies/${studyId}/record.json`, record);
}
