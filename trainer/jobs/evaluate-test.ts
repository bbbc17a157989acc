import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../infra/make-folder.ts';
import { putBlob } from '../../storage/blobs.ts';
import { cacheFolder } from '../../storage/inputs/cache-folder.ts';
import { getDatasetManifest, type PreparedManifest } from '../../storage/inputs/datasets.ts';
import { getTestImages, testParts } from '../../storage/inputs/test-images.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { writeStudyTest } from '../../storage/studies.ts';
import { inputOfTrial } from '../../study/definition/input-form.ts';
import { storedConfusion } from '../../study/record/confusion.ts';
import { openExampleFile } from '../../training/data/example-file.ts';
import { stratifiedSubset } from '../../training/data/split.ts';
import { evaluate } from '../../training/loop/evaluate.ts';
import { requireGpu } from '../../training/tensorflow/device.ts';
import { usesGpu } from '../capacity.ts';
import type { JobContext } from '../job-context.ts';
import type { Job } from '../protocol.ts';
import { encodePredictions } from '../storing/predictions.ts';
import { describeExamples } from '../storing/training-images.ts';
import { bestWeights } from './best-weights.ts';

/** The final test: evaluates a trial's best weights on the test images, which nothing else reads. */
export async function evaluateTest(
  { studyId, trialKey, testImages }: Job<'evaluateTest'>,
  { openStore, onEvent, signal }: JobContext,
): Promise<undefined> {
  if (usesGpu(process.env)) requireGpu();
  const store = await openStore();
  const { result, weights } = await bestWeights(store, trialKey);
  const { config, data, rankBy } = result.spec;
  const input = inputOfTrial(data);
  const onAlive = () => onEvent({ kind: 'alive' });
  onAlive();

  const manifest = await getDatasetManifest(store, data.dataset);
  const unnamed = manifest.format === 2 ? await unnamedFile(store, manifest, onAlive) : undefined;
  try {
    const source =
      manifest.format === 1
        ? { content: await getTestImages(store, data.dataset) }
        : { fd: unnamed?.fd as number };
    const file = openExampleFile(source, describeExamples(manifest, 'test').layout);
    const indices = stratifiedSubset(file.labels, testImages, data.splitSeed);
    const { normalisation } = result;
    const images = { pixels: file, labels: file.labels, ...(normalisation && { normalisation }) };
    const { accuracy, loss, score, confusion, probabilities } = await evaluate(
      config,
      input,
      weights,
      images,
      indices,
      {
        signal,
        onAlive,
        measure: rankBy,
      },
    );
    const predictions = await putBlob(
      store,
      encodePredictions(probabilities, input.classes, { trial: trialKey, study: studyId }),
    );
    await writeStudyTest(store, studyId, {
      format: 1,
      trialKey,
      images: indices.length,
      accuracy,
      loss,
      ...(rankBy && { measure: rankBy, score }),
      confusion: storedConfusion(confusion),
      predictions,
    });
  } finally {
    await unnamed?.close();
  }
}

// --- helpers ---

/** The test's examples in a file without a name, so that nothing else can read it and nothing of it stays. */
async function unnamedFile(
  store: ObjectStore,
  manifest: PreparedManifest,
  onAlive: () => void,
): Promise<FileHandle> {
  makeFolder(cacheFolder());
  const folder = await mkdtemp(join(cacheFolder(), 'test-'));
  const file = await open(join(folder, 'examples'), 'wx+');
  await rm(folder, { recursive: true });
  try {
    for await (const part of testParts(store, manifest)) {
      await file.writeFile(part);
      onAlive();
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
