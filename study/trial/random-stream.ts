import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * A random stream of its own for every key, such as `('order', seed, epoch)`: the state comes from the key's SHA-256,
 * so streams of neighbouring seeds have nothing in common, and none depends on what was drawn before.
 */
export function randomStream(...key: (string | number)[]): RandomGenerator {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest();
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
}
