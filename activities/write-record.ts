import { recordKey } from '../storage/keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { readStudy, readStudyTest, writeRecord } from '../storage/studies.ts';
import { readResult } from '../storage/trials.ts';
import type { StudyOpening, StudyRecord, StudyTest, TrialStanding } from '../study/record.ts';

export interface EndedStage {
  name: string;
  standings: TrialStanding[];
  /** The winner's name. */
  winner: string;
}

/** Writes `record.json` from what the store holds of the study's trials and test. */
export function createWriteRecord({ store }: { store: ObjectStore }) {
  return async ({
    studyId,
    stages,
  }: {
    studyId: string;
    stages: EndedStage[];
  }): Promise<{ recordKey: string }> => {
    const opening = await readStudy(store, studyId);
    if (!opening) throw new Error(`study ${studyId}: expected its study.json in the store, found none`);
    const test = await readStudyTest(store, studyId);
    await writeRecord(store, {
      format: 1,
      opening,
      finishedAt: new Date().toISOString(),
      stages: await Promise.all(
        stages.map(async ({ name, standings, winner }) => ({
          name,
          question: opening.study.stages.find((stage) => stage.name === name)?.question ?? '',
          trials: await Promise.all(standings.map((standing) => trialRecord(store, standing))),
          winner,
        })),
      ),
      test: test ? testRecord(opening, stages, test) : null,
    });
    return { recordKey: recordKey(studyId) };
  };
}

// --- helpers ---

type TrialRecord = StudyRecord['stages'][number]['trials'][number];

async function trialRecord(store: ObjectStore, standing: TrialStanding): Promise<TrialRecord> {
  const result = standing.trialKey ? await readResult(store, standing.trialKey) : undefined;
  return {
    ...standing,
    config: result?.spec.config ?? null,
    parameters: result?.parameters ?? null,
    trainingSeconds: result?.trainingSeconds ?? null,
    lines: result?.lines ?? [],
    environment: result?.environment ?? null,
  };
}

function testRecord(opening: StudyOpening, stages: EndedStage[], test: StudyTest): StudyRecord['test'] {
  const stage = opening.study.stages.find(({ kind }) => kind === 'test');
  const tested = stages
    .flatMap(({ standings }) => standings)
    .find(({ trialKey }) => trialKey === test.trialKey);
  return { ...test, stage: stage?.name ?? '', trial: tested?.name ?? '' };
}
