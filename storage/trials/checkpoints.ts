import { z } from 'zod';
import { earlierEnvironmentsSchema, environmentSchema } from '../../study/trial/environment.ts';
import { epochLineSchema, sha256Schema } from '../../study/trial/trial.ts';
import { type BlobRef, blobRefSchema, getBlob, putBlob } from '../blobs.ts';
import { encodeJson, readJson } from '../json-objects.ts';
import { blobKey, checkpointKey, checkpointsPrefix, parseCheckpointKey } from '../keys.ts';
import { DamagedObjectError, type ObjectStore } from '../object-store.ts';
import { type FinishedEpoch, finishedEpochsSchema, getEpochs, putEpochs } from './epochs.ts';
import { assertTerm, LeaseLostError } from './lease.ts';
import { readResult } from './trials.ts';

const bestSchema = z.strictObject({
  epoch: z.number().int().min(1),
  weights: blobRefSchema,
  /** Of these weights, for the validation images. */
  predictions: blobRefSchema,
});

const partsOfAll = {
  trialKey: sha256Schema,
  /** Steps completed since the trial's start. */
  step: z.number().int().min(0),
  /** Epochs completed. */
  epoch: z.number().int().min(0),
  term: z.number().int().min(1),
  seed: z.number().int().min(0),
  weights: blobRefSchema,
  optimizer: blobRefSchema,
  writtenAt: z.iso.datetime(),
};

/** What a trial needs to resume from a step. Written last, so that the blobs it names exist. */
const checkpointManifestSchema = z.strictObject({
  ...partsOfAll,
  format: z.literal(2),
  /** null if no epoch is complete. */
  best: bestSchema.nullable(),
  /** How far the next epoch is; null at the end of an epoch. */
  within: z
    .strictObject({
      /** Over the epoch's images so far: of the losses, nats, and of those classified correctly. float32. */
      sums: z.strictObject({ loss: z.number(), correct: z.number() }),
      /** Wall time of the epoch so far. */
      seconds: z.number().min(0),
    })
    .nullable(),
  epochs: finishedEpochsSchema,
  /** Of the attempt that has stored the checkpoint. */
  environment: environmentSchema,
  earlierEnvironments: earlierEnvironmentsSchema,
});
export type CheckpointManifest = z.infer<typeof checkpointManifestSchema>;

/** From before there were checkpoints within epochs: every manifest repeats all lines, and none has an environment. */
const formerManifestSchema = z.strictObject({
  ...partsOfAll,
  format: z.literal(1),
  best: bestSchema,
  lines: z.array(epochLineSchema),
});

const anyManifestSchema = z.union([
  checkpointManifestSchema,
  formerManifestSchema.transform(
    ({ lines, ...manifest }): CheckpointManifest => ({
      ...manifest,
      format: 2,
      within: null,
      epochs: { pieces: [], rest: lines.map((line) => ({ line, hits: null })) },
      environment: {},
      earlierEnvironments: [],
    }),
  ),
]);

type StoredBest = z.infer<typeof bestSchema>;

interface NewBest {
  predictions: Uint8Array;
  /** Absent if it is the checkpoint's own epoch. */
  earlier?: { epoch: number; weights: Uint8Array };
}

/** What a trainer stores. The trainer determines the bytes; see `blobRefSchema` for their metadata. */
export interface CheckpointContent
  extends Pick<
    CheckpointManifest,
    'step' | 'epoch' | 'seed' | 'within' | 'environment' | 'earlierEnvironments' | 'writtenAt'
  > {
  weights: Uint8Array;
  optimizer: Uint8Array;
  /**
   * The best epoch so far: as the store already has it, or its predictions, and its weights too if it is an earlier epoch.
   * null if no epoch is complete.
   */
  best: NewBest | StoredBest | null;
  /** All epochs so far. */
  epochs: readonly FinishedEpoch[];
  /** The epochs' pieces that an earlier checkpoint names. */
  pieces: readonly BlobRef[];
}

/**
 * Stores a checkpoint: first the blobs, then the manifest if the lease's term is still the trial's. Then deletes
 * all of the trial's manifests except this one and its predecessor, and the blobs that are no longer named by
 * those two or by the trial's result.
 *
 * @throws {LeaseLostError} if the trial's lease has passed to another attempt.
 */
export async function saveCheckpoint(
  store: ObjectStore,
  trialKey: string,
  term: number,
  { weights, optimizer, best, epochs, pieces, ...content }: CheckpointContent,
): Promise<CheckpointManifest> {
  // An attempt that has lost its lease need not move hundreds of megabytes.
  await assertTerm(store, trialKey, term);
  const [weightsRef, optimizerRef, storedEpochs] = await Promise.all([
    putBlob(store, weights),
    putBlob(store, optimizer),
    putEpochs(store, trialKey, epochs, pieces),
  ]);
  const manifest: CheckpointManifest = {
    format: 2,
    trialKey,
    term,
    ...content,
    weights: weightsRef,
    optimizer: optimizerRef,
    best:
      best && !('epoch' in best)
        ? await putBest(store, best, { epoch: content.epoch, weights: weightsRef })
        : best,
    epochs: storedEpochs,
  };
  const bytes = encodeJson(checkpointManifestSchema, manifest);

  await assertTerm(store, trialKey, term);
  await store.put(checkpointKey(trialKey, content.step, term), bytes);
  // This process may have slept since the check above. Whoever has taken the lease meanwhile owns what is stored.
  await assertTerm(store, trialKey, term);
  await prune(store, trialKey, manifest);
  return manifest;
}

/** A checkpoint whose blobs have all been verified. */
export interface IntactCheckpoint {
  manifest: CheckpointManifest;
  weights: Buffer;
  optimizer: Buffer;
  /** null if no epoch is complete. */
  best: { weights: Buffer; predictions: Buffer } | null;
  epochs: FinishedEpoch[];
}

/**
 * Finds the intact checkpoint with the highest step and, within that step, the highest term.
 *
 * @returns the checkpoint, absent if the trial has no intact one, and the errors of the damaged ones that were skipped.
 */
export async function newestIntactCheckpoint(
  store: ObjectStore,
  trialKey: string,
): Promise<{ checkpoint?: IntactCheckpoint; damaged: DamagedObjectError[] }> {
  const damaged: DamagedObjectError[] = [];
  for (const listed of await listCheckpoints(store, trialKey)) {
    try {
      return { checkpoint: await loadCheckpoint(store, trialKey, listed), damaged };
    } catch (error) {
      if (!(error instanceof DamagedObjectError)) throw error;
      damaged.push(error);
    }
  }
  return { damaged };
}

/**
 * Deletes the checkpoints of a trial that has its result, and their blobs except those that the result names. Does nothing
 * if the lease has passed to another attempt, which then owns them.
 */
export async function deleteCheckpoints(store: ObjectStore, trialKey: string, term: number): Promise<void> {
  const result = await readResult(store, trialKey);
  if (!result) throw new Error(`trial ${trialKey}: expected a result before its checkpoints are deleted`);
  const listed = await listCheckpoints(store, trialKey);
  try {
    await assertTerm(store, trialKey, term);
  } catch (error) {
    if (error instanceof LeaseLostError) return;
    throw error;
  }
  if (listed.some((each) => each.term > term)) return;
  const { weights, predictions, hits } = result;
  const needed = [weights, predictions, hits].flatMap((ref) => ref?.sha256 ?? []);
  await deleteListed(store, listed, new Set(needed));
}

// --- helpers ---

interface ListedCheckpoint {
  key: string;
  step: number;
  term: number;
}

/** Newest first. */
async function listCheckpoints(store: ObjectStore, trialKey: string): Promise<ListedCheckpoint[]> {
  const objects = await store.list(checkpointsPrefix(trialKey));
  return objects
    .flatMap(({ key }) => {
      const parsed = parseCheckpointKey(key);
      return parsed ? [{ key, ...parsed }] : [];
    })
    .sort((a, b) => b.step - a.step || b.term - a.term);
}

async function loadCheckpoint(
  store: ObjectStore,
  trialKey: string,
  { key, step, term }: ListedCheckpoint,
): Promise<IntactCheckpoint> {
  const manifest = (await readJson(store, key, anyManifestSchema))?.value;
  if (!manifest) throw new DamagedObjectError(key, 'the manifest that the store lists', 'nothing');
  if (manifest.trialKey !== trialKey || manifest.step !== step || manifest.term !== term) {
    const { trialKey: otherTrial, step: otherStep, term: otherTerm } = manifest;
    throw new DamagedObjectError(
      key,
      `trial ${trialKey}, step ${step}, term ${term}`,
      `trial ${otherTrial}, step ${otherStep}, term ${otherTerm}`,
    );
  }
  const { best } = manifest;
  const isBest = best?.weights.sha256 === manifest.weights.sha256;
  const [weights, optimizer, bestWeights, predictions, epochs] = await Promise.all([
    getBlob(store, manifest.weights),
    getBlob(store, manifest.optimizer),
    best && !isBest ? getBlob(store, best.weights) : undefined,
    best ? getBlob(store, best.predictions) : undefined,
    getEpochs(store, manifest.epochs),
  ]);
  const storedBest = predictions ? { weights: bestWeights ?? weights, predictions } : null;
  return { manifest, weights, optimizer, best: storedBest, epochs };
}

async function prune(store: ObjectStore, trialKey: string, saved: CheckpointManifest): Promise<void> {
  const listed = await listCheckpoints(store, trialKey);
  const savedKey = checkpointKey(trialKey, saved.step, saved.term);
  // A later attempt deletes what it doesn't need. Its manifests may name the same blobs, since its values are the same.
  if (listed.some(({ term }) => term > saved.term)) return;
  // Manifests of higher steps are damaged, or this attempt would have resumed from one. They must not displace
  // intact ones.
  const before = listed.find(({ step }) => step < saved.step);
  const obsolete = listed.filter(({ key }) => key !== savedKey && key !== before?.key);
  if (obsolete.length === 0) return;

  const needed = new Set(blobsOf(saved));
  const result = await readResult(store, trialKey);
  for (const ref of [result?.weights, result?.predictions, result?.hits]) if (ref) needed.add(ref.sha256);
  if (before) {
    const kept = await readManifest(store, before.key);
    // It is unknown which blobs this manifest needs, so none can be deleted.
    if (!kept) return;
    for (const sha256 of blobsOf(kept)) needed.add(sha256);
  }

  await deleteListed(store, obsolete, needed);
}

/** Deletes manifests, and the blobs that they name and nothing else needs. */
async function deleteListed(
  store: ObjectStore,
  obsolete: readonly ListedCheckpoint[],
  needed: ReadonlySet<string>,
): Promise<void> {
  for (const { key } of obsolete) {
    const manifest = await readManifest(store, key);
    await store.delete(key);
    for (const sha256 of manifest ? blobsOf(manifest) : []) {
      if (!needed.has(sha256)) await store.delete(blobKey(sha256));
    }
  }
}

async function putBest(
  store: ObjectStore,
  { predictions, earlier }: NewBest,
  present: Pick<StoredBest, 'epoch' | 'weights'>,
): Promise<StoredBest> {
  const { epoch, weights } = earlier
    ? { epoch: earlier.epoch, weights: await putBlob(store, earlier.weights) }
    : present;
  return { epoch, weights, predictions: await putBlob(store, predictions) };
}

/** @returns undefined if the manifest is missing or damaged. */
async function readManifest(store: ObjectStore, key: string): Promise<CheckpointManifest | undefined> {
  try {
    return (await readJson(store, key, anyManifestSchema))?.value;
  } catch (error) {
    if (error instanceof DamagedObjectError) return undefined;
    throw error;
  }
}

function blobsOf({ weights, optimizer, best, epochs }: CheckpointManifest): string[] {
  const ofBest = best ? [best.weights, best.predictions] : [];
  return [weights, optimizer, ...ofBest, ...epochs.pieces].map(({ sha256 }) => sha256);
}
