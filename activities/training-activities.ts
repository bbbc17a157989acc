import type { ObjectStore } from '../storage/object-store.ts';
import type { StartTrainer } from '../trainer/start-trainer.ts';
import { createEvaluateTest } from './evaluate-test.ts';
import { createTrain } from './train.ts';

export type TrainingActivities = ReturnType<typeof createTrainingActivities>;

/** The activities of a training worker: those that need a trainer. */
export function createTrainingActivities(dependencies: { store: ObjectStore; startTrainer: StartTrainer }) {
  return { train: createTrain(dependencies), evaluateTest: createEvaluateTest(dependencies) };
}
