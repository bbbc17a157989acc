import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * An independent random stream for each key, such as `('order', seed, epoch)`. Its state is the key's SHA-256, so
 * neighbouring seeds have nothing in common and no stream depends on what was drawn before.
 */
export function randomStream(...key: (string | number)[]): RandomGenerator {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest();
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
}
