/**
 * A trainer: a process that does one job and owns TensorFlow while it does. The parent sends the job over IPC; the
 * trainer sends events while it works, then how the job ended, and exits.
 */
import { createMinioStore } from '../storage/minio/minio-store.ts';
import { storeConfigFromEnvironment } from '../storage/minio/store-config.ts';
import { describeFailure } from './describe-failure.ts';
import type { JobContext } from './job-context.ts';
import { JOBS } from './job-table.ts';
import { watchParent } from './parent-watch.ts';
import type { Answer, Job, JobKind, TrainerCommand, TrainerEnd, TrainerMessage } from './protocol.ts';

// Ctrl-C in a terminal reaches the whole process group, but only the parent decides when a trainer stops.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
watchParent();

const stop = new AbortController();
process.on('message', (command: TrainerCommand) => {
  if (command.kind === 'stop') stop.abort(new StoppedError());
  else void perform(command.job);
});

// --- helpers ---

async function perform<Kind extends JobKind>(job: Job<Kind>): Promise<void> {
  await send(await endOf(job));
  // A failed job ends with exit code 0 too: the parent knows why from the message. Other codes mean that the process died.
  process.exit(0);
}

async function endOf<Kind extends JobKind>(job: Job<Kind>): Promise<TrainerEnd> {
  const context: JobContext = {
    openStore: () => createMinioStore(storeConfigFromEnvironment(process.env)),
    onEvent: (event) => void send(event),
    signal: stop.signal,
  };
  try {
    // Loading TensorFlow takes a second.
    context.onEvent({ kind: 'alive' });
    const run = await JOBS[job.kind]();
    const answer: Answer<Kind> = await run(job, context);
    return { kind: 'done', answer };
  } catch (error) {
    if (error instanceof StoppedError) return { kind: 'stopped' };
    console.error(error);
    return { kind: 'failed', ...describeFailure(error) };
  }
}

/** Resolves when the parent has the message. If the parent is gone, so is the reason for this process. */
function send(message: TrainerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send) throw new Error('expected an IPC channel, got none; start trainers with startTrainer');
    process.send(message, (error: Error | null) => (error ? process.exit(1) : resolve()));
  });
}

class StoppedError extends Error {
  override name = 'StoppedError';
}
