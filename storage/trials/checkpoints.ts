import { z } from 'zod';
import { epochLineSchema, sha256Schema } from '../../study/trial/trial.ts';
import { type BlobRef, blobRefSchema, getBlob, putBlob } from '../blobs.ts';
import { encodeJson, readJson } from '../json-objects.ts';
import { blobKey, checkpointKey, checkpointsPrefix, parseCheckpointKey } from '../keys.ts';
import { DamagedObjectError, type ObjectStore } from '../object-store.ts';
import { assertTerm } from './lease.ts';
import { readResult } from './trials.ts';

const bestSchema = z.strictObject({
  epoch: z.number().int().min(1),
  weights: blobRefSchema,
  /** Of these weights, for the validation images. */
  predictions: blobRefSchema,
});

/** What a trial needs to resume from a step. Written last, so that the blobs it names exist. */
const checkpointManifestSchema = z.strictObject({
  format: z.literal(1),
  trialKey: sha256Schema,
  /** Steps completed since the trial's start. */
  step: z.number().int().min(0),
  /** Epochs completed. */
  epoch: z.number().int().min(0),
  term: z.number().int().min(1),
  seed: z.number().int().min(0),
  weights: blobRefSchema,
  optimizer: blobRefSchema,
  best: bestSchema,
  lines: z.array(epochLineSchema),
  writtenAt: z.iso.datetime(),
});
export type CheckpointManifest = z.infer<typeof checkpointManifestSchema>;

/** What a trainer stores. The trainer determines the bytes; see `blobRefSchema` for their metadata. */
export interface CheckpointContent
  extends Pick<CheckpointManifest, 'step' | 'epoch' | 'seed' | 'lines' | 'writtenAt'> {
  weights: Uint8Array;
  optimizer: Uint8Array;
  /**
   * The best epoch so far: as the store already has it, or its predictions, and its weights too if it is an earlier epoch.
   */
  best:
    | { predictions: Uint8Array; earlier?: { epoch: number; weights: Uint8Array } }
    | CheckpointManifest['best'];
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
  { step, epoch, seed, lines, writtenAt, ...content }: CheckpointContent,
): Promise<CheckpointManifest> {
  const [weights, optimizer] = await Promise.all([
    putBlob(store, content.weights),
    putBlob(store, content.optimizer),
  ]);
  const best =
    'epoch' in content.best ? content.best : await putBest(store, content.best, { epoch, weights });
  const manifest: CheckpointManifest = {
    format: 1,
    trialKey,
    step,
    epoch,
    term,
    seed,
    weights,
    optimizer,
    best,
    lines,
    writtenAt,
  };
  const bytes = encodeJson(checkpointManifestSchema, manifest);

  await assertTerm(store, trialKey, term);
  await store.put(checkpointKey(trialKey, step, term), bytes);
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
  best: { weights: Buffer; predictions: Buffer };
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
  const manifest = (await readJson(store, key, checkpointManifestSchema))?.value;
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
  const [weights, optimizer, bestWeights, predictions] = await Promise.all([
    getBlob(store, manifest.weights),
    getBlob(store, manifest.optimizer),
    best.weights.sha256 === manifest.weights.sha256 ? undefined : getBlob(store, best.weights),
    getBlob(store, best.predictions),
  ]);
  return { manifest, weights, optimizer, best: { weights: bestWeights ?? weights, predictions } };
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
  for (const ref of [result?.weights, result?.predictions]) if (ref) needed.add(ref.sha256);
  if (before) {
    const kept = await readManifest(store, before.key);
    // It is unknown which blobs this manifest needs, so none can be deleted.
    if (!kept) return;
    for (const sha256 of blobsOf(kept)) needed.add(sha256);
  }

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
  { predictions, earlier }: Exclude<CheckpointContent['best'], CheckpointManifest['best']>,
  present: Pick<CheckpointManifest['best'], 'epoch' | 'weights'>,
): Promise<CheckpointManifest['best']> {
  const { epoch, weights } = earlier
    ? { epoch: earlier.epoch, weights: await putBlob(store, earlier.weights) }
    : present;
  return { epoch, weights, predictions: await putBlob(store, predictions) };
}

/** @returns undefined if the manifest is missing or damaged. */
async function readManifest(store: ObjectStore, key: string): Promise<CheckpointManifest | undefined> {
  try {
    return (await readJson(store, key, checkpointManifestSchema))?.value;
  } catch (error) {
    if (error instanceof DamagedObjectError) return undefined;
    throw error;
  }
}

function blobsOf({ weights, optimizer, best }: CheckpointManifest): string[] {
  return [weights, optimizer, best.weights, best.predictions].map((ref: BlobRef) => ref.sha256);
}
