import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { randomStream } from '../../study/trial/random-stream.ts';

/** The order of an epoch's images: the given indices, shuffled. It depends only on seed and epoch. */
export function shuffledOrder(indices: Int32Array, seed: number, epoch: number): Int32Array {
  const order = indices.slice();
  const random = randomStream('order', seed, epoch);
  for (let last = order.length - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    const image = order[last] as number;
    order[last] = order[other] as number;
    order[other] = image;
  }
  return order;
}

export interface FlipsRequest {
  /** Number of positions. */
  count: number;
  /** From 0 to 1. */
  probability: number;
  stream: 'training' | 'validation';
  seed: number;
  epoch: number;
}

/**
 * Draws which images of an epoch are mirrored. The draws depend only on stream, seed and epoch.
 *
 * @returns a flag for each position of the epoch's order: 1 if its image is mirrored, otherwise 0. undefined if the
 *   probability is 0.
 */
export function drawFlips({ count, probability, stream, seed, epoch }: FlipsRequest): Uint8Array | undefined {
  if (probability === 0) return undefined;
  const random = randomStream('flips', stream, seed, epoch);
  return Uint8Array.from({ length: count }, () => ((random.next() >>> 0) * 2 ** -32 < probability ? 1 : 0));
}
