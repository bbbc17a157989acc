/** The training worker: trains and tests, with a pool of trainer processes. */
import { availableParallelism } from 'node:os';
import { createTrainingActivities } from '../activities/training-activities.ts';
import { TRAINING_QUEUE } from '../temporal/names.ts';
import { createTrainerPool } from '../trainer/trainer-pool.ts';
import { connectWorker } from './connect-worker.ts';
import { runWorker } from './run-worker.ts';
import { trainingSlots } from './training-slots.ts';

const pool = createTrainerPool();

await runWorker(async () => {
  const { connection, namespace, store } = await connectWorker();
  const { slots, threads } = trainingSlots(process.env, availableParallelism());
  return {
    connection,
    namespace,
    taskQueue: TRAINING_QUEUE,
    activities: createTrainingActivities({
      store,
      startTrainer: (job, options) => pool.startTrainer(job, { ...options, threads }),
    }),
    maxConcurrentActivityTaskExecutions: slots,
    // Heartbeats carry progress to `run` and cancellation back. By default only one in 48 s is sent.
    maxHeartbeatThrottleInterval: '2 seconds',
    defaultHeartbeatThrottleInterval: '2 seconds',
    shutdownGraceTime: '1 second',
  };
}, pool.close);
