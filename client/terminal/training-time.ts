import type { ObjectStore } from '../../storage/object-store.ts';
import { readRecord } from '../../storage/studies.ts';
import { trainingTime } from '../../study/record/training-time.ts';
import { plural } from '../../words/numbers.ts';
import { trainingTimeInWords } from '../../words/training-time.ts';
import type { StudyView } from '../observe/observe-study.ts';

/** How much of a completed study's time was training; undefined if it trained nothing, or if it has no record. */
export async function describeTrainingTime(
  store: ObjectStore,
  { studyId, workflowStatus }: Pick<StudyView, 'studyId' | 'workflowStatus'>,
): Promise<string | undefined> {
  if (workflowStatus !== 'COMPLETED') return undefined;
  // A record that can't be read must not hide how the study ended.
  const record = await readRecord(store, studyId).catch(() => undefined);
  const time = record && trainingTime(record);
  return time && `${plural(time.trials, 'trial')}, ${trainingTimeInWords(time)}`;
}
