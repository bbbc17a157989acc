import type { JobContext } from './job-context.ts';
import type { Answer, Job, JobKind } from './protocol.ts';

type DoJob<Kind extends JobKind> = (job: Job<Kind>, context: JobContext) => Promise<Answer<Kind>>;

/**
 * The function that does each job, loaded only if asked for: TensorFlow must not load before the trainer watches its
 * parent, and jobs that only look at files never load it.
 */
export const JOBS: { [Kind in JobKind]: () => Promise<DoJob<Kind>> } = {
  train: async () => (await import('./jobs/train.ts')).train,
  evaluateTest: async () => (await import('./jobs/evaluate-test.ts')).evaluateTest,
  predict: async () => (await import('./jobs/predict.ts')).predict,
  exportModel: async () => (await import('./jobs/export-model.ts')).exportModel,
  measure: async () => (await import('./jobs/measure.ts')).measure,
  inspectData: async () => (await import('./jobs/inspect-data.ts')).inspectData,
  countData: async () => (await import('./jobs/inspect-data.ts')).countData,
  digestData: async () => (await import('./jobs/prepare-data.ts')).digestData,
  prepareData: async () => (await import('./jobs/prepare-data.ts')).prepareData,
  checkWeights: async () => (await import('./jobs/check-weights.ts')).checkWeights,
};
