import { cachedTrainingRecords } from '../../storage/local-cache.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { TrialData } from '../../study/trial.ts';
import { parseRecords } from '../../training/data/records.ts';
import { splitImages } from '../../training/data/split.ts';
import { cacheFolder } from '../cache-folder.ts';

/** The images of a trial and their split, from this machine's cache or the store. */
export async function trialImages(store: ObjectStore, data: TrialData) {
  const records = await cachedTrainingRecords(store, data.dataset, cacheFolder());
  const images = parseRecords(records, 'training records');
  return { images, split: splitImages(images.labels, data) };
}
