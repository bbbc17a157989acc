import { putBlob } from '../../storage/blobs.ts';
import { getTestRecords } from '../../storage/inputs/test-images.ts';
import { writeStudyTest } from '../../storage/studies.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { stratifiedSubset } from '../../training/data/split.ts';
import { evaluate } from '../../training/loop/evaluate.ts';
import type { TrainerJob, TrainerReport } from '../protocol.ts';
import { bestWeights } from './best-weights.ts';
import { encodePredictions } from './predictions.ts';
import type { JobContext } from './train.ts';

/** The final test: a trial's best weights on the test images, which nothing else reads. */
export async function testJob(
  { studyId, trialKey, testImages }: Extract<TrainerJob, { kind: 'evaluateTest' }>,
  { store, report, signal }: JobContext,
): Promise<TrainerReport> {
  const { result, weights } = await bestWeights(store, trialKey);
  const { config, data } = result.spec;
  const images = unpackImages(await getTestRecords(store, data.dataset), 'test records');
  const indices = stratifiedSubset(images.labels, testImages, data.splitSeed);

  report({ kind: 'alive', doing: `testing on ${indices.length} images` });
  const { accuracy, loss, confusion, probabilities } = await evaluate(config, weights, images, indices, {
    signal,
    onAlive: () => report({ kind: 'alive', doing: 'testing' }),
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
  return { kind: 'tested' };
}
