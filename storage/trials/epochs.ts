import { z } from 'zod';
import { type EpochLine, epochLineSchema, sha256Schema } from '../../study/trial/trial.ts';
import { type BlobRef, blobRefSchema, getBlob, putBlob } from '../blobs.ts';
import { decodeJson, encodeJson } from '../json-objects.ts';
import { blobKey } from '../keys.ts';
import type { ObjectStore } from '../object-store.ts';

/** A finished epoch. */
export interface FinishedEpoch {
  line: EpochLine;
  /** Hits on the validation images, a bit for each; null if an earlier version has trained the epoch. */
  hits: Uint8Array | null;
}

const finishedEpochSchema = z.strictObject({ line: epochLineSchema, hits: z.base64().nullable() });

const pieceSchema = z.strictObject({
  format: z.literal(1),
  trialKey: sha256Schema,
  epochs: z.array(finishedEpochSchema),
});

/**
 * A trial's finished epochs, as its checkpoints have them: pieces that are stored once and named by every later checkpoint,
 * and the epochs since. So what a trial stores of its epochs grows with their number, not with its square.
 */
export const finishedEpochsSchema = z.strictObject({
  /** Each with `EPOCHS_IN_A_PIECE` epochs, in order. */
  pieces: z.array(blobRefSchema),
  rest: z.array(finishedEpochSchema),
});
type StoredEpochs = z.infer<typeof finishedEpochsSchema>;

/** About the square root of what a long trial has: a checkpoint then writes as much for names of pieces as for the rest. */
const EPOCHS_IN_A_PIECE = 50;

/**
 * Stores what is new in a trial's epochs.
 *
 * @param epochs all of them.
 * @param pieces those that an earlier checkpoint of this attempt, or the one that it resumed from, has named.
 */
export async function putEpochs(
  store: ObjectStore,
  trialKey: string,
  epochs: readonly FinishedEpoch[],
  pieces: readonly BlobRef[],
): Promise<StoredEpochs> {
  const all = [...pieces];
  const encoded = (first: number, end?: number) =>
    epochs.slice(first, end).map(({ line, hits }) => ({
      line,
      hits: hits && Buffer.from(hits).toString('base64'),
    }));
  while (EPOCHS_IN_A_PIECE * (all.length + 1) <= epochs.length) {
    const first = EPOCHS_IN_A_PIECE * all.length;
    const piece = { format: 1 as const, trialKey, epochs: encoded(first, first + EPOCHS_IN_A_PIECE) };
    all.push(await putBlob(store, encodeJson(pieceSchema, piece)));
  }
  return { pieces: all, rest: encoded(EPOCHS_IN_A_PIECE * all.length) };
}

/** @throws {DamagedObjectError} if a piece is missing or damaged. */
export async function getEpochs(
  store: ObjectStore,
  { pieces, rest }: StoredEpochs,
): Promise<FinishedEpoch[]> {
  const read = async (ref: BlobRef) =>
    decodeJson(blobKey(ref.sha256), await getBlob(store, ref), pieceSchema).epochs;
  const stored = [...(await Promise.all(pieces.map(read))).flat(), ...rest];
  return stored.map(({ line, hits }) => ({ line, hits: hits === null ? null : Buffer.from(hits, 'base64') }));
}
