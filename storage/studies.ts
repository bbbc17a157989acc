import {
  type StageRecord,
  type StudyOpening,
  type StudyRecord,
  type StudyTest,
  stageRecordSchema,
  studyOpeningSchema,
  studyRecordSchema,
  studyTestSchema,
} from '../study/record/record.ts';
import { createJson, encodeJson, readJson } from './json-objects.ts';
import {
  onlyTestKey,
  parseStudyKey,
  recordKey,
  reportKey,
  STUDIES_PREFIX,
  stageRecordKey,
  studyKey,
  studyTestKey,
  studyTestsPrefix,
} from './keys.ts';
import type { ObjectStore } from './object-store.ts';

/** The store already holds a different study with this id. */
export class StudyExistsError extends Error {
  override readonly name = 'StudyExistsError';
}

/**
 * Stores what a study was started with. Storing the same content again does nothing.
 *
 * @throws {StudyExistsError} if the store holds a different study with this id.
 */
export async function writeStudy(store: ObjectStore, opening: StudyOpening): Promise<void> {
  const { studyId } = opening;
  const written = await createJson(store, studyKey(studyId), studyOpeningSchema, opening);
  if (written === 'different') {
    throw new StudyExistsError(`a different study has the id "${studyId}"; choose another id`);
  }
}

/** @returns undefined if there is no such study. */
export async function readStudy(store: ObjectStore, studyId: string): Promise<StudyOpening | undefined> {
  return (await readJson(store, studyKey(studyId), studyOpeningSchema))?.value;
}

/** Stores the result of a study's final test of one trial. A result that is already there stays. */
export async function writeStudyTest(store: ObjectStore, studyId: string, test: StudyTest): Promise<void> {
  await createJson(store, studyTestKey(studyId, test.trialKey), studyTestSchema, test);
}

/** @returns undefined if the study has not tested this trial. */
export async function readStudyTest(
  store: ObjectStore,
  studyId: string,
  trialKey: string,
): Promise<StudyTest | undefined> {
  const test = (await readJson(store, studyTestKey(studyId, trialKey), studyTestSchema))?.value;
  if (test) return test;
  const only = await readOnlyTest(store, studyId);
  return only?.trialKey === trialKey ? only : undefined;
}

/** Every test of the study, of whichever trial, in no particular order. */
export async function readStudyTests(store: ObjectStore, studyId: string): Promise<StudyTest[]> {
  const listed = await store.list(studyTestsPrefix(studyId));
  const tests = await Promise.all([
    readOnlyTest(store, studyId),
    ...listed.map(async ({ key }) => (await readJson(store, key, studyTestSchema))?.value),
  ]);
  return tests.filter((test) => test !== undefined);
}

/** Stores the results of a study's stage, replacing earlier ones. */
export async function writeStageRecord(
  store: ObjectStore,
  studyId: string,
  stage: StageRecord,
): Promise<void> {
  await store.put(stageRecordKey(studyId, stage.name), encodeJson(stageRecordSchema, stage));
}

/** @returns undefined if the stage has no results in the store. */
export async function readStageRecord(
  store: ObjectStore,
  studyId: string,
  stage: string,
): Promise<StageRecord | undefined> {
  return (await readJson(store, stageRecordKey(studyId, stage), stageRecordSchema))?.value;
}

/** Stores a study's record, replacing an earlier one. */
export async function writeRecord(store: ObjectStore, record: StudyRecord): Promise<void> {
  await store.put(recordKey(record.opening.studyId), encodeJson(studyRecordSchema, record));
}

/** @returns undefined if the study has no record yet. */
export async function readRecord(store: ObjectStore, studyId: string): Promise<StudyRecord | undefined> {
  return (await readJson(store, recordKey(studyId), studyRecordSchema))?.value;
}

/** Stores a file of a study's report, replacing an earlier one. */
export async function writeReportFile(
  store: ObjectStore,
  studyId: string,
  file: string,
  content: string,
): Promise<void> {
  await store.put(reportKey(studyId, file), Buffer.from(content));
}

/** Ids of all studies in the store, sorted. */
export async function listStudies(store: ObjectStore): Promise<string[]> {
  const objects = await store.list(STUDIES_PREFIX);
  return objects.flatMap(({ key }) => parseStudyKey(key) ?? []).sort();
}

// --- helpers ---

/** The test of a study of an earlier version, which had one object for it. */
async function readOnlyTest(store: ObjectStore, studyId: string): Promise<StudyTest | undefined> {
  return (await readJson(store, onlyTestKey(studyId), studyTestSchema))?.value;
}
