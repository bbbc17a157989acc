/** The training worker: trains and tests, with a pool of trainer processes. */
import { createTrainingActivities } from '../activities/training-activities.ts';
import { TrainingBudget } from '../activities/training-budget.ts';
import { NUMERICS } from '../study/trial/trial.ts';
import { trainingQueue } from '../temporal/names.ts';
import { machineCapacity } from '../trainer/capacity.ts';
import { checkpointIntervals } from '../trainer/checkpoint-interval.ts';
import { deliberateVariables } from '../trainer/deliberate-variables.ts';
import { createTrainerPool } from '../trainer/trainer-pool.ts';
import { connectWorker } from './connect-worker.ts';
import { runWorker } from './run-worker.ts';
import { trainingTuner } from './training-tuner.ts';

const pool = createTrainerPool();

await runWorker(async () => {
  // Trainers read these; a wrong value must be known before one starts.
  checkpointIntervals(process.env);
  deliberateVariables(process.env);
  const { slots, memoryBytes } = machineCapacity(process.env);
  const budget = new TrainingBudget({ cores: slots, memoryBytes });
  const { connection, namespace, store } = await connectWorker();
  return {
    connection,
    namespace,
    taskQueue: trainingQueue(NUMERICS),
    activities: createTrainingActivities({ store, startTrainer: pool.startTrainer, budget }),
    tuner: trainingTuner(budget),
    // Heartbeats carry progress to `run` and cancellation back. By default only one in 48 s is sent.
    maxHeartbeatThrottleInterval: '1 second',
    defaultHeartbeatThrottleInterval: '1 second',
    shutdownGraceTime: '1 second',
  };
}, pool.close);
