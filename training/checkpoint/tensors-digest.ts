import { createHash } from 'node:crypto';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';

/**
 * SHA-256, in lower-case hex, of the tensors' names, shapes and values, independent of their order. Equal if and only if
 * all are equal bit for bit.
 */
export function tensorsDigest(tensors: NamedTensors): string {
  const hash = createHash('sha256');
  const byName = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { shape, data }] of byName) {
    // The length marks the start of the next tensor.
    hash.update(JSON.stringify([name, shape, data.byteLength]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
