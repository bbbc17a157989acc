import { cacheFolder } from '../../storage/inputs/cache-folder.ts';
import { cachedTrainingImages } from '../../storage/inputs/local-cache.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { TrialData } from '../../study/trial/trial.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { splitImages } from '../../training/data/split.ts';

/** A trial's images and their split into training and validation, from this machine's cache or the store. */
export async function trialImages(store: ObjectStore, data: TrialData) {
  const packed = await cachedTrainingImages(store, data.dataset, cacheFolder());
  const images = unpackImages(packed, 'training images');
  return { images, split: splitImages(images.labels, data) };
}
