import { Context } from '@temporalio/activity';
import type { Answer, Job, JobKind, TrainerEvent, TrainingProgress } from '../trainer/protocol.ts';
import type { StartTrainer } from '../trainer/start-trainer.ts';

/**
 * Has a trainer do a job for the current activity. Its events are heartbeats that carry the training's progress;
 * cancellation stops it.
 *
 * @param options.threads CPU threads of the trial.
 * @param options.alone end the trainers that have no job before this one starts.
 * @param options.storeLog stores the end of the trainer's output.
 */
export async function runJob<Kind extends JobKind>(
  startTrainer: StartTrainer,
  job: Job<Kind>,
  options: {
    threads: number;
    alone?: boolean;
    storeLog: (text: string) => Promise<void>;
    onEvent?: (event: TrainerEvent) => void;
  },
): Promise<Answer<Kind>> {
  const { threads, alone = false, storeLog, onEvent } = options;
  // A pooled trainer's events arrive in the asynchronous context of the activity that started the process.
  const context = Context.current();
  let progress: TrainingProgress | undefined;
  return await startTrainer(job, {
    threads,
    alone,
    signal: context.cancellationSignal,
    onEvent: (event) => {
      // The SDK drops most heartbeats, so each carries the latest progress.
      if (event.kind === 'progress') ({ progress } = event);
      context.heartbeat(progress);
      onEvent?.(event);
    },
    // A log that can't be stored must not hide how the job ended.
    onLog: (text) => storeLog(text).catch((error) => context.log.warn('trainer log not stored', { error })),
  });
}
