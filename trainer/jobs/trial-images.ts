import { cacheFolder } from '../../storage/inputs/cache-folder.ts';
import { cachedTrainingRecords } from '../../storage/inputs/local-cache.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { TrialData } from '../../study/trial/trial.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { splitImages } from '../../training/data/split.ts';

/** The images of a trial and their split, from this machine's cache or the store. */
export async function trialImages(store: ObjectStore, data: TrialData) {
  const records = await cachedTrainingRecords(store, data.dataset, cacheFolder());
  const images = unpackImages(records, 'training records');
  return { images, split: splitImages(images.labels, data) };
}
