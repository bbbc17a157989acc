import type { ObjectStore } from '../storage/object-store.ts';
import { readStudyTest } from '../storage/studies.ts';
import type { TestScore } from '../study/record/record.ts';
import { type RunTrainer, runJob } from './trainer.ts';

/**
 * The final test: the winner's best weights on the test images, once. The only activity that has them read; a study
 * that has been tested keeps its result.
 */
export function createEvaluateTest({ store, runTrainer }: { store: ObjectStore; runTrainer: RunTrainer }) {
  return async (job: { studyId: string; trialKey: string; testImages: number }): Promise<TestScore> => {
    const { studyId, trialKey } = job;
    if (!(await readStudyTest(store, studyId))) await runJob(runTrainer, { kind: 'evaluateTest', ...job });
    const test = await readStudyTest(store, studyId);
    if (!test) {
      throw new Error(`final test of ${studyId}: the trainer reported a result, but the store holds none`);
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
