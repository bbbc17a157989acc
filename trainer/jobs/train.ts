import { randomUUID } from 'node:crypto';
import { inputOfTrial } from '../../study/definition/input-form.ts';
import { haltedAt } from '../../study/search/stopping/rung.ts';
import type { Environment } from '../../study/trial/environment.ts';
import { meritOf } from '../../study/trial/measure.ts';
import { type EpochLine, NUMERICS, scoreIn, type TrialSpec } from '../../study/trial/trial.ts';
import { usesGpu } from '../capacity.ts';
import { namedVariables } from '../deliberate-variables.ts';
import type { JobContext } from '../job-context.ts';
import { type HaltedTraining, type Job, TrainerError } from '../protocol.ts';
import { store } from '../storing/storing-thread.ts';
import { arraysOf } from '../storing/tasks.ts';
import { createCheckpoints } from './checkpoints.ts';
import { trialImages } from './trial-images.ts';

/**
 * Trains a trial from its newest intact checkpoint, or from the start if it has none. Another thread stores its
 * checkpoints, each during the next steps, and its result. If the job is stopped or the training halts at a rung, it stores a
 * checkpoint of where it stands.
 */
export async function train(job: Job<'train'>, context: JobContext): Promise<HaltedTraining | undefined> {
  checkNumerics(job.spec);
  const trial = randomUUID();
  try {
    return await trainAndStore(trial, job, context);
  } catch (error) {
    if (error instanceof HaltedError) return error.halted;
    throw error;
  } finally {
    store('closeTrial', { trial }).catch(() => {});
  }
}

// --- helpers ---

/** Stops the training at a rung, as a signal's reason. */
class HaltedError extends Error {
  override name = 'HaltedError';
  readonly halted: HaltedTraining;

  constructor(halted: HaltedTraining) {
    super(`halted at epoch ${halted.epoch}`);
    this.halted = halted;
  }
}

/** @throws {HaltedError} if the training halts at a rung. */
async function trainAndStore(
  trial: string,
  job: Job<'train'>,
  { onEvent, onComputed, signal }: JobContext,
): Promise<undefined> {
  const { spec, rungs = [] } = job;
  const halt = new AbortController();
  const haltIfDue = (lines: readonly EpochLine[]) => {
    const scores = lines.map((line) => meritOf(scoreIn(line, spec.rankBy), spec.rankBy));
    const rung = haltedAt(rungs, scores);
    if (rung) halt.abort(new HaltedError({ epoch: rung.epoch, scores }));
  };
  const onAlive = () => onEvent({ kind: 'alive' });
  // The thread reads from the store while this one loads TensorFlow.
  const [{ resumeFrom, startFrom, log }, { images, split }, { runTrial }, device] = await Promise.all([
    store('openTrial', { trial, job }, { onAlive }),
    trialImages(spec.data, job.readAhead ?? false, (dataset) =>
      store('openExamples', { dataset }, { onAlive }),
    ),
    import('../../training/loop/run-trial.ts'),
    import('../../training/tensorflow/device.ts'),
  ]);
  for (const line of log) console.log(line);
  // Another attempt, or another study, may have trained it so far or further.
  haltIfDue(resumeFrom?.lines ?? []);
  halt.signal.throwIfAborted();
  if (usesGpu(process.env)) device.requireGpu();
  const environment = asText({ ...device.describeDevice(), ...namedVariables(process.env) });

  const checkpoints = createCheckpoints(trial, resumeFrom, environment, onAlive);
  const trained = await runTrial({
    config: spec.config,
    input: inputOfTrial(spec.data),
    rankBy: spec.rankBy,
    seed: spec.seed,
    images,
    ...split,
    ...(resumeFrom && { resumeFrom }),
    ...(startFrom && { startFrom }),
    onProgress: (progress) => onEvent({ kind: 'progress', progress }),
    onAlive,
    onEpoch: (state, _isBest, hits) => {
      // Before the next epoch's first step.
      haltIfDue(state.lines);
      return checkpoints.storeEpoch(state, hits, (line) => onEvent({ kind: 'epoch', line }));
    },
    withinEpochs: { isDue: checkpoints.isDueWithinEpoch, take: checkpoints.storeWithinEpoch },
    onStopped: checkpoints.storeLast,
    signal: AbortSignal.any([signal, checkpoints.failed, halt.signal]),
  }).catch(async (error) => {
    // A checkpoint on its way to the store is worth the wait. That of a rung is what goes on from there.
    const stored = checkpoints.stored();
    await (error instanceof HaltedError ? stored : stored.catch(() => {}));
    throw error;
  });

  const { normalisation } = images;
  const { best, message, scoreInTrainingMode = null, ...rest } = trained;
  const result = {
    ...rest,
    ...(message && { message }),
    scoreInTrainingMode,
    ...(best && { best }),
    environment,
    ...(normalisation && {
      normalisation: { mean: [...normalisation.mean], deviation: [...normalisation.deviation] },
    }),
  };
  const resultStored = store('storeResult', { trial, result }, { handedOver: arraysOf(result), onAlive });
  await Promise.all([checkpoints.stored(), resultStored, onComputed()]);
  return undefined;
}

function asText(facts: Record<string, unknown>): Environment {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, String(value)]));
}

/** The queue by which trials come has the number too, but anyone can send a trial to any queue. */
function checkNumerics({ numerics }: TrialSpec): void {
  if (numerics === NUMERICS) return;
  throw new TrainerError(
    'BadConfiguration',
    `expected a trial with numerics ${NUMERICS}, with which this version trains, got ${numerics}: its results would not be those of ` +
      'its specification; start a training worker of the version that began the study',
  );
}
