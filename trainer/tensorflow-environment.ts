import { availableParallelism } from 'node:os';

/** Names the environment variable by which a worker gives its trainers their share of the processors. */
export const TRAINER_THREADS = 'STAGED_STUDY_TRAINER_THREADS';

export function threadsOf(env: NodeJS.ProcessEnv): number {
  return Number(env[TRAINER_THREADS]) || availableParallelism();
}

/** What TensorFlow reads as it loads. Results depend on the number of threads, so it is fixed and recorded. */
export function setTensorflowEnvironment(threads: number): void {
  Object.assign(process.env, {
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: String(threads),
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  });
}
