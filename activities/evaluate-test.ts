import type { ObjectStore } from '../storage/object-store.ts';
import { readStudyTest } from '../storage/studies.ts';
import type { TestScore } from '../study/record.ts';
import type { TrialSpec } from '../study/trial.ts';
import { trialKey } from '../study/trial-key.ts';
import { type RunTrainer, runJob } from './trainer.ts';

/**
 * The final test: the winner's best weights on the test images, once. The only activity that has them read; a study
 * that has been tested keeps its result.
 */
export function createEvaluateTest({ store, runTrainer }: { store: ObjectStore; runTrainer: RunTrainer }) {
  return async (job: { studyId: string; spec: TrialSpec; testImages: number }): Promise<TestScore> => {
    if (!(await readStudyTest(store, job.studyId)))
      await runJob(runTrainer, { kind: 'evaluateTest', ...job });
    const test = await readStudyTest(store, job.studyId);
    if (!test)
      throw new Error(
        `final test of ${job.studyId}: the trainer reported a result, but the store holds none`,
      );
    const key = trialKey(job.spec);
    if (test.trialKey !== key) {
      throw new Error(
        `final test of ${job.studyId}: expected the result of trial ${key}, the store holds ${test.trialKey}'s`,
      );
    }
    const { images, accuracy, loss } = test;
    return { images, accuracy, loss };
  };
}
