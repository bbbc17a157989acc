import { z } from 'zod';
import { type WeightsOrigin, type WeightsSummary, weightsSummarySchema } from '../../study/record/record.ts';
import { getVerified, sha256Of } from '../blobs.ts';
import { createJson, readJson } from '../json-objects.ts';
import { parseWeightsManifestKey, WEIGHTS_PREFIX, weightsKey, weightsManifestKey } from '../keys.ts';
import { DamagedObjectError, type ObjectStore } from '../object-store.ts';

const weightsManifestSchema = weightsSummarySchema.extend({
  format: z.literal(1),
  sizeBytes: z.number().int().min(1),
});

/**
 * Stores pretrained weights unless they are already there. The manifest is written last.
 *
 * @param weights.file a safetensors file that depends only on the tensors, so that its SHA-256 names them.
 * @returns their summary, with the origin given here even if they were first stored from another one.
 */
export async function putWeights(
  store: ObjectStore,
  weights: { file: Uint8Array; tensors: number; origin: WeightsOrigin },
): Promise<WeightsSummary> {
  const { file, tensors, origin } = weights;
  const sha256 = sha256Of(file);
  const stored = await store.stat(weightsKey(sha256));
  if (stored?.sizeBytes !== file.length) await store.put(weightsKey(sha256), file);
  await createJson(store, weightsManifestKey(sha256), weightsManifestSchema, {
    format: 1,
    sha256,
    tensors,
    origin,
    sizeBytes: file.length,
  });
  return { sha256, tensors, origin };
}

/** @returns weights that were first stored from a file with one of these SHA-256, or undefined if there are none. */
export async function findWeights(
  store: ObjectStore,
  fileSha256: readonly string[],
): Promise<WeightsSummary | undefined> {
  const weights = await listWeights(store);
  return weights.find(({ origin }) => fileSha256.includes(origin.fileSha256));
}

/** @throws {DamagedObjectError} if a manifest is damaged. */
export async function listWeights(store: ObjectStore): Promise<WeightsSummary[]> {
  const weights: WeightsSummary[] = [];
  for (const { key } of await store.list(WEIGHTS_PREFIX)) {
    const sha256 = parseWeightsManifestKey(key);
    if (sha256 === undefined) continue;
    const manifest = (await readJson(store, key, weightsManifestSchema))?.value;
    if (!manifest) continue;
    if (manifest.sha256 !== sha256) {
      throw new DamagedObjectError(key, `the manifest of ${sha256}`, `that of ${manifest.sha256}`);
    }
    const { tensors, origin } = manifest;
    weights.push({ sha256, tensors, origin });
  }
  return weights;
}

/**
 * Reads and verifies the safetensors file of pretrained weights.
 *
 * @throws {DamagedObjectError} if it is missing or its hash is wrong.
 */
export function getWeights(store: ObjectStore, sha256: string): Promise<Buffer> {
  return getVerified(store, weightsKey(sha256), sha256);
}
