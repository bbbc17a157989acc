import { cacheFolder } from '../../storage/inputs/cache-folder.ts';
import { cachedWeights } from '../../storage/inputs/local-cache.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { inputOfTrial } from '../../study/definition/input-form.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { decodeSafetensors } from '../../training/checkpoint/safetensors.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';
import { fitWeights } from '../../training/weights/fit-weights.ts';

/**
 * The tensors that a trial starts from, from this machine's cache or the store.
 *
 * @returns them, with lines for the log that say which tensors the network takes; undefined if it trains from scratch.
 * @throws {WeightsMismatchError} if they don't fit the trial's network.
 */
export async function startingWeights(
  store: ObjectStore,
  { initialWeights, config, data }: TrialSpec,
): Promise<{ weights: NamedTensors; log: string[] } | undefined> {
  if (initialWeights === 'scratch') return undefined;
  const { tensors } = decodeSafetensors(await cachedWeights(store, initialWeights, cacheFolder()));
  const { weights, dropped, fresh } = fitWeights(tensors, config.network, inputOfTrial(data));
  const log = [
    `starting from the weights ${initialWeights}: ${weights.size} of ${tensors.size} tensors`,
    ...dropped.map(({ name, reason }) => `  left out: ${name}, ${reason}`),
    ...(fresh.length > 0 ? [`  from scratch: ${fresh.join(', ')}`] : []),
  ];
  return { weights, log };
}
