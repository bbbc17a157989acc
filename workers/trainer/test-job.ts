import { getBlob, putBlob } from '../../storage/blobs.ts';
import { writeStudyTest } from '../../storage/studies.ts';
import { getTestRecords } from '../../storage/test-images.ts';
import { readResult } from '../../storage/trials.ts';
import { trialKey } from '../../study/trial-key.ts';
import { decodeSafetensors } from '../../training/checkpoint/safetensors.ts';
import { parseRecords } from '../../training/data/records.ts';
import { stratifiedSubset } from '../../training/data/split.ts';
import { evaluate } from '../../training/evaluate.ts';
import type { TrainerJob, TrainerReport } from '../../training/messages.ts';
import { encodePredictions } from './predictions.ts';
import type { JobContext } from './train-job.ts';

/** The final test: a trial's best weights on the test images, which nothing else reads. */
export async function testJob(
  { studyId, spec, testImages }: Extract<TrainerJob, { kind: 'evaluateTest' }>,
  { store, report, signal }: JobContext,
): Promise<TrainerReport> {
  const key = trialKey(spec);
  const result = await readResult(store, key);
  if (!result?.weights)
    throw new Error(`final test: expected trial ${key} to have weights, got none; train it first`);
  const { tensors } = decodeSafetensors(await getBlob(store, result.weights));
  const images = parseRecords(await getTestRecords(store, spec.data.dataset), 'test records');
  const indices = stratifiedSubset(images.labels, testImages, spec.data.splitSeed);

  report({ kind: 'alive', doing: `testing on ${indices.length} images` });
  const { accuracy, loss, confusion, probabilities } = await evaluate(spec.config, tensors, images, indices, {
    signal,
    onAlive: () => report({ kind: 'alive', doing: 'testing' }),
  });
  const predictions = await putBlob(store, encodePredictions(probabilities, { trial: key, study: studyId }));
  await writeStudyTest(store, studyId, {
    format: 1,
    trialKey: key,
    images: indices.length,
    accuracy,
    loss,
    confusion,
    predictions,
  });
  return { kind: 'tested' };
}
