/** The activities as workflows call them: on which queue, for how long, and how they are retried. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ControlActivities } from '../activities/control-activities.ts';
import type { TrainingActivities } from '../activities/training-activities.ts';
import { trainingQueue } from '../temporal/names.ts';

/** Without end: `activities/failures.ts` says which failures are not retried, and after how many attempts. */
const RETRY = { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '2 minutes' } as const;

/** Reading or writing a few objects. */
export const { openStudy, writeStage, writeRecord, writeReport } = proxyActivities<ControlActivities>({
  startToCloseTimeout: '5 minutes',
  retry: RETRY,
});

export const { suggest } = proxyActivities<ControlActivities>({
  summary: 'configurations to train',
  startToCloseTimeout: '2 minutes',
  retry: RETRY,
});

export const { findRepetition, compareRepetitions } = proxyActivities<ControlActivities>({
  startToCloseTimeout: '2 minutes',
  retry: RETRY,
});

export const { prepareDataset } = proxyActivities<ControlActivities>({
  summary: 'data set: find, check, store',
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '60 seconds',
  retry: RETRY,
});

export const { prepareWeights } = proxyActivities<ControlActivities>({
  summary: 'weights: find, check, store',
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '60 seconds',
  retry: RETRY,
});

/** Training and the final test, on the queue of workers that have these numerics. */
export function training(numerics: number): TrainingActivities {
  const options = {
    taskQueue: trainingQueue(numerics),
    // Long training is no fault, nor is waiting for cores. The heartbeat shows whether it hangs.
    startToCloseTimeout: '30 days',
    heartbeatTimeout: '60 seconds',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: RETRY,
  } as const;
  const { train } = proxyActivities<TrainingActivities>({ ...options, summary: 'training' });
  const { evaluateTest } = proxyActivities<TrainingActivities>({ ...options, summary: 'final test' });
  return { train, evaluateTest };
}
