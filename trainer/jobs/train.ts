import {
  type IntactCheckpoint,
  newestIntactCheckpoint,
  saveCheckpoint,
} from '../../storage/trials/checkpoints.ts';
import { writeMetrics, writeResult } from '../../storage/trials/trials.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import type { Checkpoint } from '../../training/checkpoint/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors } from '../../training/checkpoint/safetensors.ts';
import { tensorsDigest } from '../../training/checkpoint/tensors-digest.ts';
import { runTrial } from '../../training/loop/run-trial.ts';
import { describeDevice } from '../../training/tensorflow/device.ts';
import type { JobContext } from '../job-context.ts';
import type { Job } from '../protocol.ts';
import { decodePredictions, encodePredictions } from './predictions.ts';
import { startingWeights } from './starting-weights.ts';
import { trialImages } from './trial-images.ts';

/** Trains a trial from its newest intact checkpoint, or from the start if it has none, and stores its result. */
export async function train(
  { spec, holder, term }: Job<'train'>,
  { openStore, onEvent, signal }: JobContext,
): Promise<undefined> {
  const store = openStore();
  const startedAt = new Date().toISOString();
  const key = trialKey(spec);
  const { images, split } = await trialImages(store, spec.data);

  const { checkpoint, damaged } = await newestIntactCheckpoint(store, key);
  for (const error of damaged) console.error(`skipped a checkpoint: ${error.message}`);
  if (checkpoint) console.log(`continuing after epoch ${checkpoint.manifest.epoch}`);
  const startFrom = checkpoint ? undefined : await startingWeights(store, spec);
  /** Where the best epoch's weights and predictions are in the store. */
  let best = checkpoint?.manifest.best;

  const trained = await runTrial({
    config: spec.config,
    seed: spec.seed,
    images,
    ...split,
    ...(checkpoint && { resumeFrom: decodeCheckpoint(checkpoint) }),
    ...(startFrom && { startFrom }),
    onProgress: (progress) => onEvent({ kind: 'progress', progress }),
    onAlive: () => onEvent({ kind: 'alive' }),
    onEpoch: async (state, isBest) => {
      const checkpoint = encodeCheckpoint(key, spec.seed, state, isBest ? undefined : best);
      ({ best } = await saveCheckpoint(store, key, term, checkpoint));
      const line = state.lines.at(-1);
      if (!line) return;
      await writeMetrics(store, key, line);
      onEvent({ kind: 'epoch', line });
    },
    signal,
  });

  const completed = trained.outcome === 'completed';
  const bestLine = trained.lines.find(({ epoch }) => epoch === best?.epoch);
  await writeResult(store, {
    format: 1,
    trialKey: key,
    spec,
    holder,
    outcome: trained.outcome,
    ...(trained.message && { message: trained.message }),
    score: completed ? (bestLine?.val_accuracy ?? null) : null,
    scoreInTrainingMode: trained.scoreInTrainingMode ?? null,
    bestEpoch: best?.epoch ?? null,
    lines: trained.lines,
    parameters: trained.parameters,
    weights: best?.weights ?? null,
    tensorsSha256: trained.best ? tensorsDigest(trained.best.weights) : null,
    predictions: best?.predictions ?? null,
    environment: Object.fromEntries(
      Object.entries(describeDevice()).map(([name, value]) => [name, String(value)]),
    ),
    term,
    startedAt,
    finishedAt: new Date().toISOString(),
    trainingSeconds: trained.lines.reduce((sum, { seconds }) => sum + seconds, 0),
  });
}

// --- helpers ---

type StoredBest = IntactCheckpoint['manifest']['best'];

function encodeCheckpoint(key: string, seed: number, state: Checkpoint, storedBest: StoredBest | undefined) {
  const { step, epoch, lines, best } = state;
  // The trial's key makes these bytes unique to this trial: see storage/blobs.ts.
  const metadata = { trial: key, epoch: String(epoch) };
  return {
    step,
    epoch,
    seed,
    lines,
    writtenAt: new Date().toISOString(),
    weights: encodeSafetensors(state.weights, { ...metadata, content: 'weights' }),
    optimizer: encodeSafetensors(state.optimizer, { ...metadata, content: 'optimizer' }),
    best: storedBest ?? { predictions: encodePredictions(best.validationProbabilities, metadata) },
  };
}

function decodeCheckpoint({ manifest, weights, optimizer, best }: IntactCheckpoint): Checkpoint {
  const { epoch, step, lines } = manifest;
  return {
    epoch,
    step,
    lines,
    weights: decodeSafetensors(weights).tensors,
    optimizer: decodeSafetensors(optimizer).tensors,
    best: {
      epoch: manifest.best.epoch,
      weights: decodeSafetensors(best.weights).tensors,
      validationProbabilities: decodePredictions(best.predictions),
    },
  };
}
