import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { randomStream } from '../../study/trial/random-stream.ts';

/** The order of an epoch's images: the given indices, shuffled depending on seed and epoch only. */
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

/**
 * The positions of an epoch's order that are mirrored, depending on seed and epoch only: 1 with the given probability,
 * otherwise 0.
 *
 * @returns undefined if the probability is 0.
 */
export function drawFlips(
  count: number,
  probability: number,
  stream: 'training' | 'validation',
  seed: number,
  epoch: number,
): Uint8Array | undefined {
  if (probability === 0) return undefined;
  const random = randomStream('flips', stream, seed, epoch);
  return Uint8Array.from({ length: count }, () => ((random.next() >>> 0) * 2 ** -32 < probability ? 1 : 0));
}
