import { recordKey } from '../storage/keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { readStageRecord, readStudy, writeRecord } from '../storage/studies.ts';
import type { StageRecord } from '../study/record/record.ts';
import { testRecord } from './record/test-record.ts';

/** Writes `record.json` from what the store has of the study's stages and of its final test. */
export function createWriteRecord({ store }: { store: ObjectStore }) {
  return async (ended: {
    studyId: string;
    /** Names of the stages, in order, without the final test. */
    stages: string[];
    /** Keys of the winner's runs that were tested, in order; none if the study has no test. */
    tested: string[];
  }): Promise<{ recordKey: string }> => {
    const { studyId } = ended;
    const [first, ...others] = ended.tested;
    const opening = await readStudy(store, studyId);
    if (!opening) throw new Error(`study ${studyId}: expected its study.json in the store, found none`);
    const stages = await Promise.all(ended.stages.map((stage) => stageRecord(store, studyId, stage)));
    await writeRecord(store, {
      format: 1,
      opening,
      finishedAt: new Date().toISOString(),
      stages,
      test: first === undefined ? null : await testRecord(store, opening, stages, [first, ...others]),
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
