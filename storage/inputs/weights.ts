import { z } from 'zod';
import { type WeightsOrigin, type WeightsSummary, weightsSummarySchema } from '../../study/record/record.ts';
import { getVerified, sha256Of } from '../blobs.ts';
import { createJson, readJson } from '../json-objects.ts';
import { parseWeightsManifestKey, weightsKey, weightsManifestKey, weightsPrefix } from '../keys.ts';
import { DamagedObjectError, type ObjectStore } from '../object-store.ts';

const weightsManifestSchema = weightsSummarySchema.extend({
  format: z.literal(1),
  sizeBytes: z.number().int().min(1),
});

/**
 * Stores weights unless they are there; their manifest last.
 *
 * @param weights.file a safetensors file that depends on the tensors alone, so that its SHA-256 names them.
 * @returns what is told of them, with the origin that they have here, whatever they were first stored from.
 */
export async function putWeights(
  store: ObjectStore,
  weights: { file: Uint8Array; tensors: number; origin: WeightsOrigin },
): Promise<WeightsSummary> {
  const { file, tensors, origin } = weights;
  const sha256 = sha256Of(file);
  const there = await store.stat(weightsKey(sha256));
  if (there?.sizeBytes !== file.length) await store.put(weightsKey(sha256), file);
  await createJson(store, weightsManifestKey(sha256), weightsManifestSchema, {
    format: 1,
    ...{ sha256, tensors, origin, sizeBytes: file.length },
  });
  return { sha256, tensors, origin };
}

/** Weights that were first stored from a file with one of these SHA-256; undefined where there are none. */
export async function findWeights(
  store: ObjectStore,
  fileSha256: readonly string[],
): Promise<WeightsSummary | undefined> {
  for (const { key } of await store.list(weightsPrefix)) {
    const sha256 = parseWeightsManifestKey(key);
    if (sha256 === undefined) continue;
    const manifest = (await readJson(store, key, weightsManifestSchema))?.value;
    if (!manifest || !fileSha256.includes(manifest.origin.fileSha256)) continue;
    if (manifest.sha256 !== sha256) {
      throw new DamagedObjectError(key, `the manifest of ${sha256}`, `that of ${manifest.sha256}`);
    }
    const { tensors, origin } = manifest;
    return { sha256, tensors, origin };
  }
  return undefined;
}

/** The safetensors file of weights, verified: `DamagedObjectError` where it is missing or another. */
export function getWeights(store: ObjectStore, sha256: string): Promise<Buffer> {
  return getVerified(store, weightsKey(sha256), sha256);
}
