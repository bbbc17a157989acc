import type { ObjectStore } from '../storage/object-store.ts';
import { readStudyTest } from '../storage/studies.ts';
import { readResult, writeTrialLog } from '../storage/trials/trials.ts';
import { threadsOf } from '../study/definition/training-config.ts';
import type { TestScore } from '../study/record/record.ts';
import type { Job } from '../trainer/protocol.ts';
import type { StartTrainer } from '../trainer/start-trainer.ts';
import { startHeartbeats } from './heartbeats.ts';
import { runJob } from './run-job.ts';
import { takeShare } from './take-share.ts';
import type { TrainingBudget } from './training-budget.ts';

/**
 * The final test: evaluates the winner's best weights on the test images, which no other activity reads. A study is
 * tested once and keeps its result.
 */
export function createEvaluateTest(dependencies: {
  store: ObjectStore;
  startTrainer: StartTrainer;
  budget: TrainingBudget;
}) {
  const { store, startTrainer, budget } = dependencies;
  return async (request: { studyId: string; trialKey: string; testImages: number }): Promise<TestScore> => {
    const { studyId, trialKey } = request;
    if (!(await readStudyTest(store, studyId))) await evaluate({ kind: 'evaluateTest', ...request });
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

  async function evaluate(request: Job<'evaluateTest'>): Promise<void> {
    const { trialKey, testImages } = request;
    const winner = await readResult(store, trialKey);
    if (!winner) throw new Error(`final test: expected trial ${trialKey} to have a result, found none`);
    const { config } = winner.spec;
    const share = budget.share();
    const heartbeats = startHeartbeats();
    try {
      await takeShare(budget, share, config, testImages);
      await runJob(startTrainer, request, {
        threads: threadsOf(config),
        heartbeats,
        storeLog: (text) => writeTrialLog(store, trialKey, 'test', text),
      });
    } finally {
      heartbeats.stop();
      share.end();
    }
  }
}
