import { randomUUID } from 'node:crypto';
import type { Checkpoint } from '../../training/checkpoint/checkpoint.ts';
import type { JobContext } from '../job-context.ts';
import type { Job } from '../protocol.ts';
import { store } from '../storing/storing-thread.ts';
import { arraysOf } from '../storing/tasks.ts';
import { trialImages } from './trial-images.ts';

/**
 * Trains a trial from its newest intact checkpoint, or from the start if it has none. Another thread stores its
 * checkpoints, each during the next epoch, and its result.
 */
export async function train(job: Job<'train'>, context: JobContext): Promise<undefined> {
  const trial = randomUUID();
  try {
    await trainAndStore(trial, job, context);
  } finally {
    store('closeTrial', { trial }).catch(() => {});
  }
  return undefined;
}

// --- helpers ---

async function trainAndStore(
  trial: string,
  job: Job<'train'>,
  { onEvent, onComputed, signal }: JobContext,
): Promise<void> {
  const { spec } = job;
  // The thread reads from the store while this one loads TensorFlow.
  const [{ resumeFrom, startFrom, log }, { images, split }, { runTrial }, { describeDevice }] =
    await Promise.all([
      store('openTrial', { trial, job }),
      trialImages(spec.data, (dataset) => store('readImages', { dataset })),
      import('../../training/loop/run-trial.ts'),
      import('../../training/tensorflow/device.ts'),
    ]);
  for (const line of log) console.log(line);

  const failed = new AbortController();
  let stored: Promise<void> = Promise.resolve();
  const onEpoch = async (state: Checkpoint, isBest: boolean): Promise<void> => {
    // At most one checkpoint is being stored, or memory would fill up with a slow store.
    await stored;
    stored = storeEpoch(trial, state, isBest).then(() => {
      const line = state.lines.at(-1);
      if (line) onEvent({ kind: 'epoch', line });
    });
    stored.catch((error) => failed.abort(error));
  };
  const trained = await runTrial({
    config: spec.config,
    seed: spec.seed,
    images,
    ...split,
    ...(resumeFrom && { resumeFrom }),
    ...(startFrom && { startFrom }),
    onProgress: (progress) => onEvent({ kind: 'progress', progress }),
    onAlive: () => onEvent({ kind: 'alive' }),
    onEpoch,
    signal: AbortSignal.any([signal, failed.signal]),
  }).catch(async (error) => {
    // A checkpoint on its way to the store is worth the wait.
    await stored.catch(() => {});
    throw error;
  });

  const { best, message, scoreInTrainingMode = null, ...rest } = trained;
  const environment = Object.entries(describeDevice()).map(([name, value]) => [name, String(value)]);
  const result = {
    ...rest,
    ...(message && { message }),
    scoreInTrainingMode,
    ...(best && { bestWeights: best.weights }),
    environment: Object.fromEntries(environment),
  };
  const resultStored = store('storeResult', { trial, result }, arraysOf(result));
  await Promise.all([stored, resultStored, onComputed()]);
}

/** Hands the epoch's arrays over, except those of the best epoch, which the loop keeps. */
function storeEpoch(trial: string, state: Checkpoint, isBest: boolean): Promise<undefined> {
  const { epoch, step, lines, weights, optimizer, best } = state;
  const ended = {
    epoch,
    step,
    lines,
    weights,
    optimizer,
    ...(isBest && { validationProbabilities: best.validationProbabilities }),
  };
  return store(
    'storeEpoch',
    { trial, epoch: ended },
    arraysOf(isBest ? { optimizer } : { weights, optimizer }),
  );
}
