import type { WorkerTuner } from '@temporalio/worker';
import type { TrainingBudget } from '../activities/training-budget.ts';

/** Has a worker take a task from the queue only while its budget has a free core. */
export function trainingTuner(budget: TrainingBudget): WorkerTuner {
  const unused = { type: 'fixed-size', numSlots: 1 } as const;
  return {
    activityTaskSlotSupplier: {
      type: 'custom',
      async reserveSlot(_context, signal) {
        await budget.slot(signal);
        return {};
      },
      tryReserveSlot: () => (budget.trySlot() ? {} : null),
      markSlotUsed: () => {},
      releaseSlot: () => budget.freeSlot(),
    },
    // The worker has no workflows, local activities and Nexus operations.
    workflowTaskSlotSupplier: { ...unused, numSlots: 2 },
    localActivityTaskSlotSupplier: unused,
    nexusTaskSlotSupplier: unused,
  };
}
