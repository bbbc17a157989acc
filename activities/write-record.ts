import { recordKey } from '../storage/keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import {
  readStageRecord,
  readStudy,
  readStudyTest,
  readStudyTests,
  writeRecord,
} from '../storage/studies.ts';
import type { StageRecord, StudyOpening, TestRecord } from '../study/record/record.ts';

/** Writes `record.json` from what the store has of the study's stages and of its final test. */
export function createWriteRecord({ store }: { store: ObjectStore }) {
  return async (ended: {
    studyId: string;
    /** Names of the stages, in order, without the final test. */
    stages: string[];
    /** Key of the trial that was tested; null if none was. */
    tested: string | null;
  }): Promise<{ recordKey: string }> => {
    const { studyId, tested } = ended;
    const opening = await readStudy(store, studyId);
    if (!opening) throw new Error(`study ${studyId}: expected its study.json in the store, found none`);
    const stages = await Promise.all(ended.stages.map((stage) => stageRecord(store, studyId, stage)));
    await writeRecord(store, {
      format: 1,
      opening,
      finishedAt: new Date().toISOString(),
      stages,
      test: tested === null ? null : await testRecord(store, opening, stages, tested),
    });
    return { recordKey: recordKey(studyId) };
  };
}

// --- helpers ---

async function stageRecord(store: ObjectStore, studyId: string, stage: string): Promise<StageRecord> {
  const record = await readStageRecord(store, studyId, stage);
  if (record) return record;
  throw new Error(`study ${studyId}: expected the results of its stage ${stage} in the store, found none`);
}

async function testRecord(
  store: ObjectStore,
  { studyId, study }: StudyOpening,
  stages: StageRecord[],
  tested: string,
): Promise<TestRecord> {
  const test = await readStudyTest(store, studyId, tested);
  if (!test)
    throw new Error(`study ${studyId}: expected the test of trial ${tested} in the store, found none`);
  const others = (await readStudyTests(store, studyId)).filter(({ trialKey }) => trialKey !== tested);
  const supersedes = others.map(({ trialKey, images, accuracy, loss }) => ({
    trialKey,
    images,
    accuracy,
    loss,
  }));
  const trials = stages.flatMap((stage) => stage.trials);
  return {
    ...test,
    stage: study.stages.find(({ kind }) => kind === 'test')?.name ?? '',
    trial: trials.find(({ trialKey }) => trialKey === tested)?.name ?? '',
    ...(supersedes.length > 0 && { supersedes }),
  };
}
