import { UserError } from '../infra/user-error.ts';
import { type Answer, type Job, type JobKind, TrainerError } from '../trainer/protocol.ts';
import { startTrainer } from '../trainer/start-trainer.ts';

/**
 * Has a trainer do a job, because client code must not load TensorFlow.
 *
 * @param options.failure the error's first words, such as `the time can't be estimated`.
 * @throws {UserError} if the trainer fails.
 * @throws the signal's reason if it aborts. The trainer is killed at once: it has nothing to finish.
 */
export async function askTrainer<Kind extends JobKind>(
  job: Job<Kind>,
  options: { failure: string; threads?: number; env?: Record<string, string>; signal?: AbortSignal },
): Promise<Answer<Kind>> {
  const { failure, ...started } = options;
  try {
    return await startTrainer(job, { ...started, stopGraceMs: 0 });
  } catch (error) {
    if (!(error instanceof TrainerError)) throw error;
    throw new UserError(`${failure}: ${error.message}`, { cause: error });
  }
}
