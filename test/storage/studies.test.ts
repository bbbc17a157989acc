import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../storage/object-store.ts';
import {
  listStudies,
  readRecord,
  readStudy,
  readStudyTest,
  StudyExistsError,
  writeRecord,
  writeStudy,
  writeStudyTest,
} from '../../storage/studies.ts';
import { parseStudy } from '../../study/parse-study.ts';
import type { StudyOpening, StudyRecord, StudyTest } from '../../study/record.ts';
import { smallStudy } from '../workflows/small-study.ts';
import { storeKinds } from './fresh-stores.ts';

const opening: StudyOpening = {
  format: 1,
  studyId: 'one',
  study: parseStudy(smallStudy, 'small'),
  profile: 'tiny',
  dataset: { sha256: 'a'.repeat(64), trainImages: 200, testImages: 100, origin: { kind: 'generated' } },
  numerics: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
};
const record: StudyRecord = {
  format: 1,
  opening,
  finishedAt: '2026-01-02T00:00:00.000Z',
  stages: [],
  test: null,
};
const test: StudyTest = {
  format: 1,
  trialKey: 'b'.repeat(64),
  images: 100,
  accuracy: 55,
  loss: 1.5,
  confusion: [[100]],
  predictions: { sha256: 'c'.repeat(64), sizeBytes: 10 },
};

describe.each(storeKinds)('studies (%s)', (_name, createStore) => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await createStore();
  });

  it('are written once; the same again is accepted', async () => {
    await writeStudy(store, opening);
    await writeStudy(store, opening);
    expect(await readStudy(store, 'one')).toEqual(opening);
    const other = writeStudy(store, { ...opening, profile: 'other' });
    await expect(other).rejects.toThrow(StudyExistsError);
    await expect(other).rejects.toThrow(/"one" exists and is another one; choose another id/);
    expect(await readStudy(store, 'one')).toEqual(opening);
  });

  it('have a record that a later one replaces', async () => {
    expect(await readRecord(store, 'one')).toBeUndefined();
    await writeRecord(store, record);
    await writeRecord(store, { ...record, finishedAt: '2026-01-03T00:00:00.000Z' });
    expect(await readRecord(store, 'one')).toEqual({ ...record, finishedAt: '2026-01-03T00:00:00.000Z' });
  });

  it('are tested once: the first result stands', async () => {
    expect(await readStudyTest(store, 'one')).toBeUndefined();
    await writeStudyTest(store, 'one', test);
    await writeStudyTest(store, 'one', { ...test, accuracy: 99 });
    expect(await readStudyTest(store, 'one')).toEqual(test);
  });

  it('are listed by id, those alone that were started', async () => {
    expect(await listStudies(store)).toEqual([]);
    for (const studyId of ['two', 'one']) await writeStudy(store, { ...opening, studyId });
    await writeRecord(store, record);
    await writeRecord(store, { ...record, opening: { ...opening, studyId: 'half' } });
    expect(await listStudies(store)).toEqual(['one', 'two']);
    expect(await readStudy(store, 'three')).toBeUndefined();
  });

  it('tell what is wrong with a stored one', async () => {
    await store.put('studies/one/study.json', Buffer.from(JSON.stringify({ ...opening, profile: 1 })));
    await expect(readStudy(store, 'one')).rejects.toThrow(
      /studies\/one\/study.json is damaged: expected JSON of its format, got .*profile/s,
    );
  });
});
