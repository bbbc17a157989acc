import { CancelledFailure, Context } from '@temporalio/activity';
import type { ObjectStore } from '../storage/object-store.ts';
import { readStudyTest } from '../storage/studies.ts';
import { readResult, writeTrialLog } from '../storage/trials/trials.ts';
import { inputOfTrial } from '../study/definition/input-form.ts';
import { threadsOf } from '../study/definition/training-config.ts';
import { type StudyTest, type TestScore, testInBrief } from '../study/record/record.ts';
import type { Job } from '../trainer/protocol.ts';
import type { StartTrainer } from '../trainer/start-trainer.ts';
import { jobFailure } from './failures.ts';
import { startHeartbeats } from './heartbeats.ts';
import { runJob } from './run-job.ts';
import { takeShare } from './take-share.ts';
import type { TrainingBudget } from './training-budget.ts';

/** How the activity ended. */
export type TestEnd =
  | { status: 'tested'; score: TestScore }
  /** The worker was shut down. The activity has to be scheduled again. */
  | { status: 'interrupted' };

/**
 * The final test: evaluates a trial's best weights on the test images, which no other activity reads. A study tests a trial
 * once, and keeps its result. If another trial wins after a reset, that one is tested too.
 *
 * With `alone`, it gets the machine alone: it has run out of memory beside trainings.
 */
export function createEvaluateTest(dependencies: {
  store: ObjectStore;
  startTrainer: StartTrainer;
  budget: TrainingBudget;
}) {
  const { store, startTrainer, budget } = dependencies;
  return async (request: {
    studyId: string;
    trialKey: string;
    testImages: number;
    alone?: boolean;
  }): Promise<TestEnd> => {
    const { alone = false, ...job } = request;
    const { studyId, trialKey } = job;
    try {
      const test =
        (await readStudyTest(store, studyId, trialKey)) ??
        (await evaluate({ kind: 'evaluateTest', ...job }, alone));
      return { status: 'tested', score: testInBrief(test) };
    } catch (error) {
      if (error instanceof CancelledFailure && Context.current().cancellationDetails?.workerShutdown) {
        return { status: 'interrupted' };
      }
      throw await jobFailure(error, async () => ({ step: 0 }));
    }
  };

  async function evaluate(job: Job<'evaluateTest'>, alone: boolean): Promise<StudyTest> {
    const { studyId, trialKey, testImages } = job;
    const winner = await readResult(store, trialKey);
    if (!winner) throw new Error(`final test: expected trial ${trialKey} to have a result, found none`);
    const { config, data } = winner.spec;
    const share = budget.share();
    const heartbeats = startHeartbeats();
    try {
      await takeShare(
        budget,
        share,
        config,
        { count: testImages, input: inputOfTrial(data), isReadAhead: true },
        alone,
      );
      await runJob(startTrainer, job, {
        threads: threadsOf(config),
        heartbeats,
        alone,
        storeLog: (text) => writeTrialLog(store, trialKey, 'test', text),
      });
    } finally {
      heartbeats.stop();
      share.end();
    }
    const test = await readStudyTest(store, studyId, trialKey);
    if (test) return test;
    throw new Error(`final test of ${studyId}: expected its result in the store after the test, found none`);
  }
}
