import { getBlob } from '../../storage/blobs.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { decodeSafetensors } from '../../training/checkpoint/safetensors.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';

/**
 * A trial's result and the weights of its best epoch.
 *
 * @throws {Error} if the trial has no weights.
 * @throws {DamagedObjectError} if the stored weights don't match the result's hash.
 */
export async function bestWeights(
  store: ObjectStore,
  trialKey: string,
): Promise<{ result: TrialResult; weights: NamedTensors }> {
  const result = await readResult(store, trialKey);
  if (!result?.weights)
    throw new Error(`expected trial ${trialKey} to have weights, got none; train it first`);
  return { result, weights: decodeSafetensors(await getBlob(store, result.weights)).tensors };
}
