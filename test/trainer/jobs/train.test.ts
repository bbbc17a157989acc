import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { putDataset } from '../../../storage/inputs/datasets.ts';
import { createMinioStore } from '../../../storage/minio/minio-store.ts';
import { storeEnvironment } from '../../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { NUMERICS, type TrialSpec } from '../../../study/trial/trial.ts';
import { trialKey } from '../../../study/trial/trial-key.ts';
import { train } from '../../../trainer/jobs/train.ts';
import { backend, tf } from '../../../training/tensorflow/tensorflow.ts';
import { smallImages } from '../../activities/small-archive.ts';
import { freshBucket } from '../../storage/fresh-stores.ts';
import { takeLease } from '../../storage/leases.ts';
import { configOf, conv, dense, tinyResnet } from '../../training/configs.ts';

const { binding } = backend;
const held = () => [tf.memory().numTensors, binding.getNumOfTensors(), binding.getNumOfSavedModels()];

let store: ObjectStore;
let cache: string;
let dataset: string;
beforeAll(async () => {
  const address = await freshBucket();
  store = createMinioStore(address);
  cache = await mkdtemp(join(tmpdir(), 'train-job-'));
  for (const [name, value] of Object.entries(storeEnvironment(address))) vi.stubEnv(name, value);
  vi.stubEnv('STAGED_STUDY_CACHE', cache);
  ({ dataset } = await putDataset(store, { ...smallImages, origin: { kind: 'generated' } }));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

it.each([
  ['a dense network', configOf(dense(8), { epochs: 2, dropout: 0.2 })],
  ['a convolutional network', configOf(conv([[4, 3, 1]], 8), { epochs: 1, optimizer: { kind: 'adagrad' } })],
  ['a ResNet', configOf(tinyResnet, { epochs: 1, optimizer: { kind: 'adadelta' } })],
  ['a trial that diverges', configOf(dense(8), { epochs: 2, learningRate: 100, activation: 'leakyRelu' })],
])('training %s leaves nothing in TensorFlow', async (_what, config) => {
  const before = held();
  await trainHere(config);
  expect(held()).toEqual(before);
});

it('a job that is stopped leaves nothing in TensorFlow', async () => {
  const before = held();
  const stop = new AbortController();
  const training = trainHere(configOf(dense(8), { epochs: 10_000 }), stop);
  await expect(training).rejects.toThrow('enough');
  expect(held()).toEqual(before);
});

// --- helpers ---

let repetition = 0;

/** @param stop is aborted when the first epoch is stored. */
async function trainHere(config: TrialSpec['config'], stop?: AbortController): Promise<void> {
  const spec: TrialSpec = {
    config,
    data: { dataset, trainImages: 200, validationFraction: 0.2, splitSeed: 1 },
    seed: 1,
    repetition: ++repetition,
    initialWeights: 'scratch',
    numerics: NUMERICS,
  };
  await takeLease(store, trialKey(spec));
  await train(
    { kind: 'train', spec, holder: 'test', term: 1 },
    {
      openStore: async () => store,
      onEvent: ({ kind }) => kind === 'epoch' && stop?.abort(new Error('enough')),
      onComputed: async () => {},
      signal: stop?.signal ?? new AbortController().signal,
    },
  );
}
