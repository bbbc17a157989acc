import {
  type StudyOpening,
  type StudyRecord,
  type StudyTest,
  studyOpeningSchema,
  studyRecordSchema,
  studyTestSchema,
} from '../study/record/record.ts';
import { createJson, encodeJson, readJson } from './json-objects.ts';
import { parseStudyKey, recordKey, reportKey, studiesPrefix, studyKey, studyTestKey } from './keys.ts';
import type { ObjectStore } from './object-store.ts';

/** A study of this id, but of another content, is stored already. */
export class StudyExistsError extends Error {
  override readonly name = 'StudyExistsError';
}

/** Stores what a study was started with, once. Equal content that is there already is accepted. */
export async function writeStudy(store: ObjectStore, opening: StudyOpening): Promise<void> {
  const { studyId } = opening;
  const written = await createJson(store, studyKey(studyId), studyOpeningSchema, opening);
  if (written === 'different') {
    throw new StudyExistsError(`the study "${studyId}" exists and is another one; choose another id`);
  }
}

/** @returns undefined where there is no such study. */
export async function readStudy(store: ObjectStore, studyId: string): Promise<StudyOpening | undefined> {
  return (await readJson(store, studyKey(studyId), studyOpeningSchema))?.value;
}

/** Stores a study's final test, once: the first one stands. */
export async function writeStudyTest(store: ObjectStore, studyId: string, test: StudyTest): Promise<void> {
  await createJson(store, studyTestKey(studyId), studyTestSchema, test);
}

/** @returns undefined where the study has not been tested. */
export async function readStudyTest(store: ObjectStore, studyId: string): Promise<StudyTest | undefined> {
  return (await readJson(store, studyTestKey(studyId), studyTestSchema))?.value;
}

/** Stores what came out of a study; the record before is replaced. */
export async function writeRecord(store: ObjectStore, record: StudyRecord): Promise<void> {
  await store.put(recordKey(record.opening.studyId), encodeJson(studyRecordSchema, record));
}

/** @returns undefined where there is no record yet. */
export async function readRecord(store: ObjectStore, studyId: string): Promise<StudyRecord | undefined> {
  return (await readJson(store, recordKey(studyId), studyRecordSchema))?.value;
}

/** Stores a file of a study's report; the one before is replaced. */
export async function writeReportFile(
  store: ObjectStore,
  studyId: string,
  file: string,
  content: string,
): Promise<void> {
  await store.put(reportKey(studyId, file), Buffer.from(content));
}

/** Ids of the studies in the store, sorted. */
export async function listStudies(store: ObjectStore): Promise<string[]> {
  const objects = await store.list(studiesPrefix);
  return objects.flatMap(({ key }) => parseStudyKey(key) ?? []).sort();
}
