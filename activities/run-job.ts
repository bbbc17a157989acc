import { Context } from '@temporalio/activity';
import type { Answer, Job, JobKind, TrainerEvent, TrainingProgress } from '../trainer/protocol.ts';
import type { StartTrainer } from '../trainer/start-trainer.ts';
import { type Heartbeats, heartbeatTimeoutMs } from './heartbeats.ts';

/**
 * Has a trainer do a job for the current activity. Its events are heartbeats that carry the training's progress;
 * cancellation stops it. A trainer that gives no sign of life is killed.
 *
 * @param options.threads CPU threads of the trial.
 * @param options.alone end the trainers that have no job before this one starts.
 * @param options.signal stops it too.
 * @param options.storeLog stores the end of the trainer's output.
 */
export async function runJob<Kind extends JobKind>(
  startTrainer: StartTrainer,
  job: Job<Kind>,
  options: {
    threads: number;
    heartbeats: Heartbeats;
    signal?: AbortSignal;
    alone?: boolean;
    storeLog: (text: string) => Promise<void>;
    onEvent?: (event: TrainerEvent) => void;
  },
): Promise<Answer<Kind>> {
  const { threads, alone = false, heartbeats, signal, storeLog, onEvent } = options;
  const context = Context.current();
  const cancelled = context.cancellationSignal;
  const timeoutMs = heartbeatTimeoutMs();
  let progress: TrainingProgress | undefined;
  return await startTrainer(job, {
    threads,
    alone,
    patience: { leastMs: timeoutMs, startMs: 15 * timeoutMs },
    signal: signal ? AbortSignal.any([cancelled, signal]) : cancelled,
    onEvent: (event) => {
      // The SDK drops most heartbeats, so each carries the latest progress.
      if (event.kind === 'progress') ({ progress } = event);
      heartbeats.beat(progress);
      onEvent?.(event);
    },
    // A log that can't be stored must not hide how the job ended.
    onLog: (text) => storeLog(text).catch((error) => context.log.warn('trainer log not stored', { error })),
  });
}
