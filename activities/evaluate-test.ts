import type { ObjectStore } from '../storage/object-store.ts';
import { readStudyTest } from '../storage/studies.ts';
import { writeTrialLog } from '../storage/trials/trials.ts';
import type { TestScore } from '../study/record/record.ts';
import type { StartTrainer } from '../trainer/start-trainer.ts';
import { runJob } from './run-job.ts';

/**
 * The final test: evaluates the winner's best weights on the test images, which no other activity reads. A study is
 * tested once and keeps its result.
 */
export function createEvaluateTest(dependencies: { store: ObjectStore; startTrainer: StartTrainer }) {
  const { store, startTrainer } = dependencies;
  return async (request: { studyId: string; trialKey: string; testImages: number }): Promise<TestScore> => {
    const { studyId, trialKey } = request;
    if (!(await readStudyTest(store, studyId))) {
      const storeLog = (text: string) => writeTrialLog(store, trialKey, 'test', text);
      await runJob(startTrainer, { kind: 'evaluateTest', ...request }, { storeLog });
    }
    const test = await readStudyTest(store, studyId);
    if (!test) {
      throw new Error(
        `final test of ${studyId}: expected its result in the store after the test, found none`,
      );
    }
    if (test.trialKey !== trialKey) {
      throw new Error(
        `final test of ${studyId}: expected the result of trial ${trialKey}, the store holds ${test.trialKey}'s`,
      );
    }
    const { images, accuracy, loss } = test;
    return { images, accuracy, loss };
  };
}
