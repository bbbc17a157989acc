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

/** Data set and weights: found, checked and stored. */
export function preparations(
  heartbeatSeconds: number | undefined,
): Pick<ControlActivities, 'prepareDataset' | 'prepareWeights'> {
  // Two million images take hours. The heartbeat shows whether the worker is still there.
  const options = { startToCloseTimeout: '1 day', retry: RETRY, ...heartbeats(heartbeatSeconds) } as const;
  const dataset = { ...options, summary: 'data set: find, check, store' };
  const weights = { ...options, summary: 'weights: find, check, store' };
  return {
    prepareDataset: proxyActivities<ControlActivities>(dataset).prepareDataset,
    prepareWeights: proxyActivities<ControlActivities>(weights).prepareWeights,
  };
}

/** Training and the final test, on the queue of workers that have these numerics. */
export function training(numerics: number, heartbeatSeconds: number | undefined): TrainingActivities {
  const options = {
    taskQueue: trainingQueue(numerics),
    // Long training is no fault, nor is waiting for cores. The heartbeat shows whether it hangs.
    startToCloseTimeout: '30 days',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: RETRY,
    ...heartbeats(heartbeatSeconds),
  } as const;
  const { train } = proxyActivities<TrainingActivities>({ ...options, summary: 'training' });
  const { evaluateTest } = proxyActivities<TrainingActivities>({ ...options, summary: 'final test' });
  return { train, evaluateTest };
}

// --- helpers ---

/** How long an activity may be silent before its worker counts as dead. */
function heartbeats(seconds = 60): { heartbeatTimeout: number } {
  return { heartbeatTimeout: 1000 * seconds };
}
