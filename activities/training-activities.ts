import type { ObjectStore } from '../storage/object-store.ts';
import { createEvaluateTest } from './evaluate-test.ts';
import { createTrain } from './train.ts';
import type { RunTrainer } from './trainer.ts';

export type TrainingActivities = ReturnType<typeof createTrainingActivities>;

/** What a training worker does. */
export function createTrainingActivities(dependencies: { store: ObjectStore; runTrainer: RunTrainer }) {
  return { train: createTrain(dependencies), evaluateTest: createEvaluateTest(dependencies) };
}
