/**
 * A trainer: a process that does jobs, one after another, and owns TensorFlow. The parent sends each job over IPC; the
 * trainer sends events while it works, then how the job ended. A job may begin while the one before is still being
 * stored.
 */
import { inspect } from 'node:util';
import { JOBS } from './job-table.ts';
import { watchParent } from './parent-watch.ts';
import {
  type Answer,
  endOfOutput,
  type Job,
  type JobKind,
  type TrainerCommand,
  type TrainerEnd,
  type TrainerMessage,
} from './protocol.ts';

// Ctrl-C in a terminal reaches the whole process group, but only the parent decides when a trainer stops.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));
watchParent();

/** Of the current jobs, by id. */
const stops = new Map<string, AbortController>();
process.on('message', (command: TrainerCommand) => {
  if (command.kind === 'exit') process.exit(0);
  else if (command.kind === 'stop') stops.get(command.id)?.abort(new StoppedError());
  else void perform(command.id, command.job);
});

// --- helpers ---

async function perform<Kind extends JobKind>(id: string, job: Job<Kind>): Promise<void> {
  const stop = new AbortController();
  stops.set(id, stop);
  const output = { hasEnded: false };
  const end = await endOf(id, job, stop.signal, output);
  if (!output.hasEnded) await endOutput(id);
  stops.delete(id);
  await send({ id, content: end });
}

async function endOf<Kind extends JobKind>(
  id: string,
  job: Job<Kind>,
  signal: AbortSignal,
  output: { hasEnded: boolean },
): Promise<TrainerEnd> {
  try {
    // Loading TensorFlow takes a while.
    void send({ id, content: { kind: 'alive' } });
    const run = await JOBS[job.kind]();
    const answer: Answer<Kind> = await run(job, {
      openStore,
      onEvent: (content) => void send({ id, content }),
      async onComputed() {
        output.hasEnded = true;
        await endOutput(id);
        await send({ id, content: { kind: 'computed' } });
      },
      signal,
    });
    return { kind: 'done', answer };
  } catch (error) {
    if (error instanceof StoppedError) return { kind: 'stopped' };
    const { describeFailure } = await import('./describe-failure.ts');
    return { kind: 'failed', ...describeFailure(error), details: `${inspect(error)}\n` };
  }
}

/** Only jobs that read the store directly load its client here. */
async function openStore() {
  const [{ createMinioStore }, { storeConfigFromEnvironment }] = await Promise.all([
    import('../storage/minio/minio-store.ts'),
    import('../storage/minio/store-config.ts'),
  ]);
  return createMinioStore(storeConfigFromEnvironment(process.env));
}

/** Resolves when the parent has the message. If the parent is gone, so is the reason for this process. */
function send(message: TrainerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send) throw new Error('expected an IPC channel, got none; start trainers with startTrainer');
    process.send(message, (error: Error | null) => (error ? process.exit(1) : resolve()));
  });
}

async function endOutput(id: string): Promise<void> {
  const mark = endOfOutput(id);
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((resolve) => void stream.write(mark, () => resolve())),
    ),
  );
}

class StoppedError extends Error {
  override name = 'StoppedError';
}
