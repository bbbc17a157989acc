import { getBlob } from '../../storage/blobs.ts';
import { DamagedObjectError, type ObjectStore } from '../../storage/object-store.ts';
import type { TrialResult } from '../../storage/trials/trials.ts';
import { readHeader } from '../../training/checkpoint/safetensors-header.ts';

/** Which validation images each epoch of a trial classified correctly. */
export interface StoredHits {
  images: number;
  /** How many images each epoch classified correctly. */
  right: number[];
  /** A byte for each image, 0 or 1. Epochs count from 0. */
  hitsOf: (epoch: number) => Uint8Array;
}

/**
 * Reads a trial's hits, in the format of trainer/storing/hits.ts.
 *
 * @returns null if the store has none that fit the result: an earlier version has trained the trial, or they are damaged.
 */
export async function readHits(store: ObjectStore, result: TrialResult): Promise<StoredHits | null> {
  if (!result.hits) return null;
  const bytes = await getBlob(store, result.hits).catch((error) => {
    if (error instanceof DamagedObjectError) return null;
    throw error;
  });
  const tensor = bytes && readHeader(bytes).entries.find(({ name }) => name === 'hits');
  const [epochs, rowBytes] = tensor?.shape ?? [];
  if (!tensor || rowBytes === undefined || epochs !== result.lines.length) return null;
  const row = (epoch: number) => tensor.values.subarray(epoch * rowBytes, (epoch + 1) * rowBytes);
  const right = result.lines.map((_, epoch) => bitsIn(row(epoch)));
  const images = imagesOf(result, right);
  if (images === undefined || rowBytes !== Math.ceil(images / 8)) return null;
  return { images, right, hitsOf: (epoch) => unpacked(row(epoch), images) };
}

/** Those of the best epoch; null as in `readHits`. */
export async function readBestHits(store: ObjectStore, result: TrialResult): Promise<Uint8Array | null> {
  const hits = await readHits(store, result);
  return hits && result.bestEpoch !== null ? hits.hitsOf(result.bestEpoch - 1) : null;
}

// --- helpers ---

/**
 * How many validation images there were, which the result doesn't say: a split by groups holds out about as many as it is asked to. An
 * accuracy and its right images say it exactly; undefined if none was right.
 */
function imagesOf({ lines }: TrialResult, right: readonly number[]): number | undefined {
  const most = right.indexOf(Math.max(...right));
  const accuracy = lines[most]?.val_accuracy;
  return accuracy ? Math.round((100 * (right[most] as number)) / accuracy) : undefined;
}

function bitsIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let rest = byte; rest > 0; rest &= rest - 1) count++;
  return count;
}

/** The first image is in the highest bit of the first byte. */
function unpacked(bits: Uint8Array, images: number): Uint8Array {
  return Uint8Array.from(
    { length: images },
    (_, image) => ((bits[image >> 3] as number) >> (7 - (image & 7))) & 1,
  );
}
