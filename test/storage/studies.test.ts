import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../storage/object-store.ts';
import {
  listStudies,
  readRecord,
  readStageRecord,
  readStudy,
  readStudyTest,
  readStudyTests,
  StudyExistsError,
  writeRecord,
  writeStageRecord,
  writeStudy,
  writeStudyTest,
} from '../../storage/studies.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StageRecord, StudyOpening, StudyRecord, StudyTest } from '../../study/record/record.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import { storeKinds } from './fresh-stores.ts';

const hash = 'ab'.repeat(32);
const opening: StudyOpening = {
  format: 1,
  studyId: 'one',
  study: parseStudy(cifar10, 'cifar10'),
  profile: 'demo',
  fromScratch: false,
  dataset: { sha256: hash, trainImages: 50, testImages: 20, origin: { kind: 'generated' } },
  weights: null,
  numerics: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
};
const test: StudyTest = {
  format: 1,
  trialKey: hash,
  images: 20,
  accuracy: 55,
  loss: 1.2,
  confusion: [[11, 9]],
  predictions: { sha256: hash, sizeBytes: 800 },
};
const record: StudyRecord = {
  format: 1,
  opening,
  finishedAt: '2026-01-01T01:00:00.000Z',
  stages: [],
  test: null,
};

describe.each(storeKinds)('studies (%s)', (_name, createStore) => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await createStore();
  });

  it('are stored once; storing the same content again is accepted', async () => {
    expect(await readStudy(store, 'one')).toBeUndefined();
    await writeStudy(store, opening);
    await writeStudy(store, structuredClone(opening));
    expect(await readStudy(store, 'one')).toEqual(opening);
    const other = writeStudy(store, { ...opening, profile: 'full' });
    await expect(other).rejects.toThrow(StudyExistsError);
    await expect(other).rejects.toThrow(/a different study has the id "one"; choose another id/);
    expect(await readStudy(store, 'one')).toEqual(opening);
  });

  it('keep the first result of the final test of each trial', async () => {
    expect(await readStudyTest(store, 'one', hash)).toBeUndefined();
    await writeStudyTest(store, 'one', test);
    await writeStudyTest(store, 'one', { ...test, accuracy: 99 });
    expect(await readStudyTest(store, 'one', hash)).toEqual(test);
    const other = { ...test, trialKey: 'cd'.repeat(32) };
    expect(await readStudyTest(store, 'one', other.trialKey)).toBeUndefined();
    await writeStudyTest(store, 'one', other);
    expect(await readStudyTest(store, 'one', hash)).toEqual(test);
    expect(await readStudyTests(store, 'one')).toEqual(expect.arrayContaining([test, other]));
  });

  it('keep the test of a study of an earlier version, for the trial that it was of', async () => {
    await store.put('studies/old/test.json', Buffer.from(JSON.stringify(test)));
    expect(await readStudyTest(store, 'old', hash)).toEqual(test);
    expect(await readStudyTest(store, 'old', 'cd'.repeat(32))).toBeUndefined();
    expect(await readStudyTests(store, 'old')).toEqual([test]);
  });

  it('have the results of each stage, which later ones replace', async () => {
    const stage: StageRecord = {
      name: 'width',
      kind: 'compare',
      question: 'How wide?',
      start: null,
      trials: [],
      winner: null,
    };
    expect(await readStageRecord(store, 'one', 'width')).toBeUndefined();
    for (const winner of ['narrow', 'wide']) await writeStageRecord(store, 'one', { ...stage, winner });
    expect(await readStageRecord(store, 'one', 'width')).toEqual({ ...stage, winner: 'wide' });
    expect(await readStageRecord(store, 'one', 'rate')).toBeUndefined();
  });

  it('have a record, which a later one replaces', async () => {
    expect(await readRecord(store, 'one')).toBeUndefined();
    await writeRecord(store, record);
    const tested = { ...record, test: { ...test, stage: 'test', trial: 'MLP' } };
    await writeRecord(store, tested);
    expect(await readRecord(store, 'one')).toEqual(tested);
  });

  it('are listed by id if they have been started', async () => {
    expect(await listStudies(store)).toEqual([]);
    for (const studyId of ['two', 'one']) await writeStudy(store, { ...opening, studyId });
    await writeRecord(store, record);
    await writeStudyTest(store, 'half', test);
    expect(await listStudies(store)).toEqual(['one', 'two']);
  });

  it('report what is wrong with a damaged one', async () => {
    await store.put('studies/one/study.json', Buffer.from(JSON.stringify({ ...opening, numerics: 'x' })));
    await expect(readStudy(store, 'one')).rejects.toThrow(
      /studies\/one\/study.json is damaged: expected JSON that matches its schema, got .*numerics/s,
    );
  });
});
