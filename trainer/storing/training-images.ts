import { cacheFolder } from '../../storage/inputs/cache-folder.ts';
import { type DatasetManifest, getDatasetManifest } from '../../storage/inputs/datasets.ts';
import { cachedTrainingFile } from '../../storage/inputs/local-cache.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { CIFAR10_INPUT, imageShape, valuesOf } from '../../study/definition/input-form.ts';
import type { ExampleLayout, ExampleSource } from '../../training/data/example-file.ts';
import { PACKED_IMAGE_BYTES } from '../../training/data/packed-images.ts';
import type { Feature } from '../../training/data/read-examples.ts';

/** Where a data set's examples are, verified, and what is where. */
export interface StoredExamples {
  source: ExampleSource;
  layout: ExampleLayout;
  /** Of a table. */
  features?: Feature[];
}

/** A data set's examples for training and validation: a file of this machine's cache, which is read from the store if need be. */
export async function trainingExamples(store: ObjectStore, dataset: string): Promise<StoredExamples> {
  const manifest = await getDatasetManifest(store, dataset);
  const source = await cachedTrainingFile(store, manifest, cacheFolder());
  return { source, ...describeExamples(manifest, 'training') };
}

/** What is where in a data set's file of examples. */
export function describeExamples(
  manifest: DatasetManifest,
  side: 'training' | 'test',
): Omit<StoredExamples, 'source'> {
  if (manifest.format === 1) {
    return {
      layout: {
        examples: side === 'training' ? manifest.trainImages : manifest.testImages,
        classes: CIFAR10_INPUT.classes,
        exampleBytes: PACKED_IMAGE_BYTES - 1,
        isFloat: false,
        strideBytes: PACKED_IMAGE_BYTES,
        labels: 'before',
        hasGroups: false,
      },
    };
  }
  const { input, classes, hasGroups, features } = manifest;
  const isFloat = imageShape(input) === undefined;
  const exampleBytes = valuesOf(input) * (isFloat ? Float32Array.BYTES_PER_ELEMENT : 1);
  return {
    layout: {
      examples: manifest[side === 'training' ? 'train' : 'test'].examples,
      classes: classes.length,
      exampleBytes,
      isFloat,
      strideBytes: exampleBytes,
      labels: 'after',
      hasGroups,
    },
    ...(features && { features }),
  };
}
