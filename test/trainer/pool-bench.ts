import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, vi } from 'vitest';
import { trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { type BlobRef, getBlob } from '../../storage/blobs.ts';
import { putDataset } from '../../storage/inputs/datasets.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import { storeEnvironment } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { NUMERICS, type TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import type { StartTrainer } from '../../trainer/start-trainer.ts';
import { createTrainerPool, type TrainerPool } from '../../trainer/trainer-pool.ts';
import { readHeader } from '../../training/checkpoint/safetensors-header.ts';
import { smallImages } from '../activities/small-archive.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { stealLease } from '../storage/leases.ts';
import { watchedStore } from '../storage/watched-store.ts';
import { configOf, dense } from '../training/configs.ts';
import { trainersOf } from './trainers.ts';

let repetition = 0;

/** A pool of trainers for each test, and trials that it trains. */
export function usePool() {
  let env: Record<string, string>;
  let cache: string;
  let dataset: string;
  let proxy: Awaited<ReturnType<typeof watchedStore>>;
  const bench = {
    /** Reached directly; trainers reach it through a proxy. */
    store: undefined as unknown as ObjectStore,
    /** Of the current test. */
    pool: undefined as unknown as TrainerPool,
    /** A request to the store waits until this returns. */
    letThrough: (() => {}) as (method: string, key: string) => void | Promise<void>,
    /** Of trainers that reach the store. */
    env: () => env,
    specOf,
    trainWith,
    numbersOf,
  };
  beforeAll(async () => {
    const address = await freshBucket();
    bench.store = createMinioStore(address);
    proxy = await watchedStore(address, (method, key) => bench.letThrough(method, key));
    cache = await mkdtemp(join(tmpdir(), 'trainer-pool-'));
    env = {
      ...trainerEnvironment(inject('nativeParts')),
      ...storeEnvironment(proxy.config),
      STAGED_STUDY_CACHE: cache,
    };
    ({ dataset } = await putDataset(bench.store, { ...smallImages, origin: { kind: 'generated' } }));
  });
  beforeEach(() => {
    bench.letThrough = () => {};
    bench.pool = createTrainerPool();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await bench.pool.close();
    expect(trainersOf(process.pid)).toEqual([]);
  });
  afterAll(async () => {
    proxy.close();
    await rm(cache, { recursive: true });
  });
  return bench;

  /** 160 images to train on, eight a step. Each call gives another trial. */
  function specOf({
    network = dense(8) as ReturnType<typeof configOf>['network'],
    settings = {} as Parameters<typeof configOf>[1],
    seed = 1,
  } = {}): TrialSpec {
    return {
      config: configOf(network, { epochs: 2, batchSize: 8, learningRate: 0.005, ...settings }),
      data: { dataset, trainImages: 200, validationFraction: 0.2, splitSeed: 1 },
      seed,
      repetition: ++repetition,
      initialWeights: 'scratch',
      numerics: NUMERICS,
    };
  }

  async function trainWith(
    start: StartTrainer,
    spec: TrialSpec,
    options: Parameters<StartTrainer>[1] = {},
  ): Promise<void> {
    const { term } = await stealLease(bench.store, trialKey(spec), 'test');
    await start({ kind: 'train', spec, holder: 'test', term }, { threads: 1, ...options, env });
  }

  /** All that a trial has computed. */
  async function numbersOf(spec: TrialSpec) {
    const result = (await readResult(bench.store, trialKey(spec))) as TrialResult;
    const { score, scoreInTrainingMode, bestEpoch, tensorsSha256 } = result;
    const hits = readHeader(await getBlob(bench.store, result.hits as BlobRef)).entries.map(
      ({ values }) => values,
    );
    const lines = result.lines.map(({ seconds: _, ...line }) => line);
    return { score, scoreInTrainingMode, bestEpoch, tensorsSha256, hits, lines };
  }
}

/** Does something the first time that it is called. */
export function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}
