import { randomUUID } from 'node:crypto';
import type { EpochLine } from '../../study/trial/trial.ts';
import type { Checkpoint } from '../../training/checkpoint/checkpoint.ts';
import { checkpointIntervalMs } from '../checkpoint-interval.ts';
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
  const intervalMs = checkpointIntervalMs(process.env);
  let lastCheckpoint = performance.now();
  /** The best epoch in the last checkpoint. */
  let storedBest = resumeFrom?.best.epoch;
  let stored: Promise<void> = Promise.resolve();
  const onEpoch = async (state: Checkpoint): Promise<void> => {
    const line = state.lines.at(-1) as EpochLine;
    // At most one checkpoint is being stored, or memory would fill up with a slow store.
    await stored;
    const isDue = performance.now() - lastCheckpoint >= intervalMs;
    const storing = isDue ? storeEpoch(trial, state, storedBest) : store('storeLine', { trial, line });
    if (isDue) {
      lastCheckpoint = performance.now();
      storedBest = state.best.epoch;
    }
    stored = storing.then(() => onEvent({ kind: 'epoch', line }));
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
    ...(best && { best }),
    environment: Object.fromEntries(environment),
  };
  const resultStored = store('storeResult', { trial, result }, arraysOf(result));
  await Promise.all([stored, resultStored, onComputed()]);
}

/**
 * Hands an epoch's arrays over, except those of the best epoch, which the loop keeps.
 *
 * @param storedBest the best epoch that was handed over last.
 */
function storeEpoch(trial: string, state: Checkpoint, storedBest: number | undefined): Promise<undefined> {
  const { epoch, step, lines, weights, optimizer, best } = state;
  const isBest = best.epoch === epoch;
  const { weights: bestWeights, ...rest } = best;
  const isStored = best.epoch === storedBest;
  const newBest = isStored ? {} : { best: isBest ? rest : { ...rest, weights: bestWeights } };
  return store(
    'storeEpoch',
    { trial, epoch: { epoch, step, lines, weights, optimizer, ...newBest } },
    arraysOf(isBest ? { optimizer } : { weights, optimizer }),
  );
}
