/** The training worker: a trainer for each of its slots, one slot a GPU or a share of the CPU. */
import { createTrainingActivities } from '../activities/training-activities.ts';
import { writeTrialLog } from '../storage/trials/trials.ts';
import { trialKey } from '../study/trial/trial-key.ts';
import { TRAINING_QUEUE } from '../temporal/names.ts';
import { createRunTrainer } from '../trainer/run-trainer.ts';
import { connectWorker } from './connect-worker.ts';
import { runWorker } from './run-worker.ts';
import { trainingSlots } from './training-slots.ts';

await runWorker(async () => {
  const { connection, namespace, store } = await connectWorker();
  const slots = trainingSlots(process.env);
  const runTrainer = createRunTrainer({
    slots,
    onLog: (job, log) =>
      job.kind === 'train'
        ? writeTrialLog(store, trialKey(job.spec), job.term, log)
        : writeTrialLog(store, job.trialKey, 'test', log),
  });
  return {
    connection,
    namespace,
    taskQueue: TRAINING_QUEUE,
    activities: createTrainingActivities({ store, runTrainer }),
    maxConcurrentActivityTaskExecutions: slots,
    // Heartbeats carry progress to `run` and cancellation back; the default of 48 s makes both slow.
    maxHeartbeatThrottleInterval: '2 seconds',
    defaultHeartbeatThrottleInterval: '2 seconds',
    shutdownGraceTime: '1 second',
  };
});
