import { cacheFolder } from '../../storage/inputs/cache-folder.ts';
import { cachedTrainingImages } from '../../storage/inputs/local-cache.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { LabelledImages } from '../../training/data/labelled-images.ts';
import { unpackImages } from '../../training/data/packed-images.ts';

/** A data set's images for training and validation, from this machine's cache or the store. */
export async function trainingImages(store: ObjectStore, dataset: string): Promise<LabelledImages> {
  return unpackImages(await cachedTrainingImages(store, dataset, cacheFolder()), 'training images');
}
