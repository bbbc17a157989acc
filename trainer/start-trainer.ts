import { trainerProcessEnvironment } from './environment.ts';
import type { Answer, Job, JobKind } from './protocol.ts';
import { type JobOptions, TrainerProcess } from './trainer-process.ts';

export interface TrainerOptions extends JobOptions {
  /** CPU threads that TensorFlow uses, those of the trial: default 1. Results depend on them in their last bits. */
  threads?: number;
  /** End the pool's trainers without a job first, and wait until their memory is free: default false. */
  alone?: boolean;
  /** Added to what it inherits: the paths of TensorFlow's libraries, and the store's address. */
  env?: Record<string, string>;
}

export type StartTrainer = typeof startTrainer;

/**
 * Starts a trainer for one job, and waits until its process has ended.
 *
 * @throws {TrainerError} if the trainer can't be started, fails, or dies.
 * @throws the reason of `signal` if it aborts, once the process has ended.
 */
export async function startTrainer<Kind extends JobKind>(
  job: Job<Kind>,
  { threads = 1, alone: _, env, ...options }: TrainerOptions = {},
): Promise<Answer<Kind>> {
  options.signal?.throwIfAborted();
  const trainer = new TrainerProcess(trainerProcessEnvironment(threads, env));
  try {
    return await trainer.run(job, options);
  } finally {
    trainer.end();
    await trainer.closed;
  }
}
