import type { ObjectStore } from '../storage/object-store.ts';
import type { StartTrainer } from '../trainer/start-trainer.ts';
import { createEvaluateTest } from './evaluate-test.ts';
import { createTrain } from './train.ts';
import type { TrainingBudget } from './training-budget.ts';

export type TrainingActivities = ReturnType<typeof createTrainingActivities>;

/** The activities of a training worker: those that need a trainer. */
export function createTrainingActivities(dependencies: {
  store: ObjectStore;
  startTrainer: StartTrainer;
  budget: TrainingBudget;
}) {
  return { train: createTrain(dependencies), evaluateTest: createEvaluateTest(dependencies) };
}
