import { putBlob } from '../../storage/blobs.ts';
import { getTestImages } from '../../storage/inputs/test-images.ts';
import { writeStudyTest } from '../../storage/studies.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { stratifiedSubset } from '../../training/data/split.ts';
import { evaluate } from '../../training/loop/evaluate.ts';
import { requireGpu } from '../../training/tensorflow/device.ts';
import { usesGpu } from '../capacity.ts';
import type { JobContext } from '../job-context.ts';
import type { Job } from '../protocol.ts';
import { encodePredictions } from '../storing/predictions.ts';
import { bestWeights } from './best-weights.ts';

/** The final test: evaluates a trial's best weights on the test images, which nothing else reads. */
export async function evaluateTest(
  { studyId, trialKey, testImages }: Job<'evaluateTest'>,
  { openStore, onEvent, signal }: JobContext,
): Promise<undefined> {
  if (usesGpu(process.env)) requireGpu();
  const store = await openStore();
  const { result, weights } = await bestWeights(store, trialKey);
  const { config, data } = result.spec;
  const images = unpackImages(await getTestImages(store, data.dataset), 'test images');
  const indices = stratifiedSubset(images.labels, testImages, data.splitSeed);

  const onAlive = () => onEvent({ kind: 'alive' });
  onAlive();
  const { accuracy, loss, confusion, probabilities } = await evaluate(config, weights, images, indices, {
    signal,
    onAlive,
  });
  const predictions = await putBlob(
    store,
    encodePredictions(probabilities, { trial: trialKey, study: studyId }),
  );
  await writeStudyTest(store, studyId, {
    format: 1,
    trialKey,
    images: indices.length,
    accuracy,
    loss,
    confusion,
    predictions,
  });
}
