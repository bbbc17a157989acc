import { recordKey } from '../storage/keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { readStudy, readStudyTest, writeRecord } from '../storage/studies.ts';
import { readResult } from '../storage/trials/trials.ts';
import type { Stage } from '../study/definition/stage-schema.ts';
import type {
  StageRecord,
  StudyOpening,
  StudyTest,
  TestRecord,
  TrialRecord,
  TrialStanding,
} from '../study/record/record.ts';

export interface EndedStage {
  name: string;
  kind: Stage['kind'];
  start: string | null;
  standings: TrialStanding[];
  /** The winner's name. */
  winner: string | null;
}

/** Writes `record.json` from the stored results of the study's trials and test. */
export function createWriteRecord({ store }: { store: ObjectStore }) {
  return async (ended: { studyId: string; stages: EndedStage[] }): Promise<{ recordKey: string }> => {
    const { studyId, stages } = ended;
    const opening = await readStudy(store, studyId);
    if (!opening) throw new Error(`study ${studyId}: expected its study.json in the store, found none`);
    const test = await readStudyTest(store, studyId);
    await writeRecord(store, {
      format: 1,
      opening,
      finishedAt: new Date().toISOString(),
      stages: await Promise.all(stages.map((stage) => stageRecord(store, opening, stage))),
      test: test ? testRecord(opening, stages, test) : null,
    });
    return { recordKey: recordKey(studyId) };
  };
}

// --- helpers ---

async function stageRecord(
  store: ObjectStore,
  opening: StudyOpening,
  stage: EndedStage,
): Promise<StageRecord> {
  const { name, kind, start, standings, winner } = stage;
  if (kind === 'test') throw new Error(`stage ${name}: a test has no trials to record`);
  const question = opening.study.stages.find((each) => each.name === name)?.question ?? '';
  const trials = await Promise.all(standings.map((standing) => trialRecord(store, standing)));
  return { name, kind, question, start, trials, winner };
}

async function trialRecord(store: ObjectStore, standing: TrialStanding): Promise<TrialRecord> {
  const result = standing.trialKey ? await readResult(store, standing.trialKey) : undefined;
  return {
    ...standing,
    config: result?.spec.config ?? null,
    seed: result?.spec.seed ?? null,
    repetition: result?.spec.repetition ?? null,
    initialWeights: result?.spec.initialWeights ?? null,
    message: result?.message ?? null,
    scoreInTrainingMode: result?.scoreInTrainingMode ?? null,
    parameters: result?.parameters ?? null,
    attempts: result?.term ?? null,
    trainingSeconds: result?.trainingSeconds ?? null,
    startedAt: result?.startedAt ?? null,
    finishedAt: result?.finishedAt ?? null,
    tensorsSha256: result?.tensorsSha256 ?? null,
    lines: result?.lines ?? [],
    environment: result?.environment ?? null,
    ...(result?.earlierEnvironments && { earlierEnvironments: result.earlierEnvironments }),
  };
}

function testRecord(opening: StudyOpening, stages: EndedStage[], test: StudyTest): TestRecord {
  const stage = opening.study.stages.find(({ kind }) => kind === 'test');
  const standings = stages.flatMap((each) => each.standings);
  const tested = standings.find(({ trialKey }) => trialKey === test.trialKey);
  return { ...test, stage: stage?.name ?? '', trial: tested?.name ?? '' };
}
