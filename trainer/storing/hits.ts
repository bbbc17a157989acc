import type { FinishedEpoch } from '../../storage/trials/epochs.ts';
import { encodeSafetensors } from '../../training/checkpoint/safetensors.ts';

/**
 * Which validation images each epoch classified correctly, as a safetensors file with the uint8 tensor `hits`, [epochs, bytes]:
 * a bit for each image, in the order of the validation indices, the first image in the highest bit of the first byte. With
 * numpy: `unpackbits(hits, axis=1)`.
 *
 * @returns undefined if there is no epoch, or one of them has no hits.
 */
export function encodeHits(
  epochs: readonly FinishedEpoch[],
  metadata: Record<string, string>,
): Uint8Array | undefined {
  const rows = epochs.flatMap(({ hits }) => (hits ? [hits] : []));
  const [first] = rows;
  if (!first || rows.length < epochs.length) return undefined;
  const tensor = { shape: [rows.length, first.length], data: new Uint8Array(Buffer.concat(rows)) };
  return encodeSafetensors(new Map([['hits', tensor]]), { ...metadata, content: 'hits' });
}
