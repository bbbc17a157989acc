import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { type BlobRef, getBlob } from '../../storage/blobs.ts';
import { putDataset } from '../../storage/inputs/datasets.ts';
import { checkpointKey, parseCheckpointKey, resultKey } from '../../storage/keys.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import { storeEnvironment } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { newestIntactCheckpoint } from '../../storage/trials/checkpoints.ts';
import { readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { NUMERICS, type TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import type { Job, TrainerEvent } from '../../trainer/protocol.ts';
import { type StartTrainer, startTrainer } from '../../trainer/start-trainer.ts';
import { createTrainerPool, type TrainerPool } from '../../trainer/trainer-pool.ts';
import { readHeader } from '../../training/checkpoint/safetensors-header.ts';
import { smallImages } from '../activities/small-archive.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { stealLease } from '../storage/leases.ts';
import { watchedStore } from '../storage/watched-store.ts';
import { configOf, conv, dense, tinyResnet } from '../training/configs.ts';
import { trainersOf } from './trainers.ts';

let store: ObjectStore;
let proxy: Awaited<ReturnType<typeof watchedStore>>;
/** A request to the store waits until this returns. */
let letThrough: (method: string, key: string) => void | Promise<void>;
let cache: string;
let dataset: string;
let env: Record<string, string>;
let pool: TrainerPool;
beforeAll(async () => {
  const address = await freshBucket();
  store = createMinioStore(address);
  proxy = await watchedStore(address, (method, key) => letThrough(method, key));
  cache = await mkdtemp(join(tmpdir(), 'trainer-pool-'));
  env = {
    ...trainerEnvironment(inject('nativeParts')),
    ...storeEnvironment(proxy.config),
    STAGED_STUDY_CACHE: cache,
  };
  ({ dataset } = await putDataset(store, { ...smallImages, origin: { kind: 'generated' } }));
});
beforeEach(() => {
  letThrough = () => {};
  pool = createTrainerPool();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await pool.close();
  expect(trainersOf(process.pid)).toEqual([]);
});
afterAll(async () => {
  proxy.close();
  await rm(cache, { recursive: true });
});

describe('a trainer of a pool', () => {
  it('does jobs one after another, and each has its own log', async () => {
    const logs: string[] = [];
    const onLog = async (log: string) => void logs.push(log);
    await pool.startTrainer(NOTHING, { onLog, env, threads: 1 });
    const first = trainersOf(process.pid);
    expect(first).toHaveLength(1);
    const spec = specOf();
    await store.put(checkpointKey(trialKey(spec), 20, 1), Buffer.from('damaged'));
    await trainWith(pool.startTrainer, spec, { onLog });
    await pool.startTrainer(NOTHING, { onLog, env, threads: 1 });
    expect(trainersOf(process.pid)).toEqual(first);
    expect(logs[1]).toContain('skipped a checkpoint');
    expect(logs[2]).toBe('');
  });

  it('is not used for jobs with another environment', async () => {
    await pool.startTrainer(NOTHING, { threads: 1 });
    const [first] = trainersOf(process.pid);
    await pool.startTrainer(NOTHING, { threads: 2 });
    // The first one's slot is the second one's now.
    await expect.poll(() => trainersOf(process.pid)).toHaveLength(1);
    expect(trainersOf(process.pid)).not.toContainEqual(first);
  });

  it('that is to have the machine alone starts when those without a job have ended', async () => {
    await pool.startTrainer(NOTHING, {});
    const [first] = trainersOf(process.pid);
    const seen: unknown[] = [];
    const onEvent = () => void seen.push(...trainersOf(process.pid));
    await pool.startTrainer({ ...NOTHING, configs: [configOf(dense(8))] }, { alone: true, onEvent });
    expect(trainersOf(process.pid)).toHaveLength(1);
    expect([...trainersOf(process.pid), ...seen]).not.toContainEqual(first);
  });

  it('ends after a failed job, whose log has the reason', async () => {
    await pool.startTrainer(NOTHING, {});
    const file = '/no/such/weights.pth';
    let log = '';
    const failed = pool.startTrainer(
      { kind: 'checkWeights', file, networks: [], input: CIFAR10_INPUT },
      {
        onLog: async (text) => {
          log = text;
        },
      },
    );
    await expect(failed).rejects.toMatchObject({ name: 'TrainerError', kind: 'BadConfiguration' });
    expect(log).toMatch(/WeightsFileError: .*\n {4}at /);
    expect(trainersOf(process.pid)).toEqual([]);
    await pool.startTrainer(NOTHING, {});
  });

  it('stores a checkpoint of where it stands when its job is stopped, and ends', async () => {
    const spec = longEpoch();
    await stopped(spec);
    expect(trainersOf(process.pid)).toEqual([]);
    const { checkpoint } = await newestIntactCheckpoint(store, trialKey(spec));
    expect(checkpoint?.manifest).toMatchObject({
      epoch: 0,
      best: null,
      within: { seconds: expect.any(Number) },
    });
    expect(checkpoint?.manifest.step).toBeGreaterThan(0);

    let log = '';
    const onLog = async (text: string) => {
      log = text;
    };
    await stopped(spec, { onLog });
    expect(log).toContain(`continuing after epoch 0, step ${checkpoint?.manifest.step}\n`);
    const later = await newestIntactCheckpoint(store, trialKey(spec));
    expect(later.checkpoint?.manifest.step).toBeGreaterThan(checkpoint?.manifest.step as number);
  });

  it('ends after a number of jobs, and when it has been idle', async () => {
    const limited = createTrainerPool({ jobs: 2, idleMs: 50 });
    await limited.startTrainer(NOTHING, {});
    const [first] = trainersOf(process.pid);
    await limited.startTrainer(NOTHING, {});
    await limited.startTrainer(NOTHING, {});
    expect(trainersOf(process.pid)).not.toContainEqual(first);
    await expect.poll(() => trainersOf(process.pid)).toEqual([]);
    await limited.close();
  });

  it('that gives no sign of life is killed, and the failure says so', async () => {
    const spec = specOf({ settings: { epochs: 10_000 } });
    const freeze = once(() => {
      for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGSTOP');
    });
    const onEvent = ({ kind }: TrainerEvent) => kind === 'epoch' && freeze();
    const hung = trainWith(pool.startTrainer, spec, { onEvent, patience: { startMs: 60_000, leastMs: 500 } });
    await expect(hung).rejects.toMatchObject({
      kind: 'Killed',
      message: expect.stringMatching(/^the trainer gave no sign of life for \d+ s and was killed/),
    });
    expect(trainersOf(process.pid)).toEqual([]);
  });

  it('refuses a trial of other numerics, and says which worker to start', async () => {
    const spec = { ...specOf(), numerics: NUMERICS + 1 };
    await expect(trainWith(pool.startTrainer, spec)).rejects.toMatchObject({
      kind: 'BadConfiguration',
      message: expect.stringMatching(
        /expected a trial with numerics \d+, .* got \d+: .* the version that began the study/,
      ),
    });
    expect(await store.list(`trials/${trialKey(spec)}/checkpoints/`)).toEqual([]);
  });

  it('that was told to use a GPU fails if there is none', async ({ skip }) => {
    if (existsSync('/dev/nvidia0')) return skip();
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '0');
    const failed = trainWith(pool.startTrainer, specOf());
    await expect(failed).rejects.toMatchObject({
      kind: 'DeviceUnavailable',
      message: expect.stringMatching(/expected a GPU, but TensorFlow found none .* CUDA_VISIBLE_DEVICES=-1/),
    });
  });

  it('records the variables that it was given on purpose', async () => {
    vi.stubEnv('ONEDNN_MAX_CPU_ISA', 'AVX2');
    vi.stubEnv('STAGED_STUDY_TRAINER_ENV', 'ONEDNN_MAX_CPU_ISA');
    const spec = specOf();
    await trainWith(pool.startTrainer, spec);
    const result = await readResult(store, trialKey(spec));
    expect(result?.environment).toMatchObject({ ONEDNN_MAX_CPU_ISA: 'AVX2' });
    expect(result).not.toHaveProperty('earlierEnvironments');
  });

  it('that dies fails its job only, and the next job has another', async () => {
    const onEvent = ({ kind }: TrainerEvent) => {
      if (kind !== 'epoch') return;
      for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGKILL');
    };
    const spec = specOf({ settings: { epochs: 10_000 } });
    await expect(trainWith(pool.startTrainer, spec, { onEvent })).rejects.toMatchObject({ kind: 'Killed' });
    await trainWith(pool.startTrainer, specOf());
  });
});

describe('storing', () => {
  it('gives signs of life, however long the store needs for a request', async () => {
    const spec = specOf();
    const answered = signal();
    let signs = 0;
    let isHeld = false;
    letThrough = async (method, key) => {
      if (method !== 'PUT' || key !== resultKey(trialKey(spec))) return;
      isHeld = true;
      await answered.given;
    };
    await trainWith(pool.startTrainer, spec, {
      onEvent: ({ kind }) => isHeld && kind === 'alive' && ++signs === 2 && answered.give(),
    });
    expect(signs).toBeGreaterThanOrEqual(2);
  });

  it('outlives a store that is away for a while: training loses nothing, and waits at the latest at the next checkpoint', async () => {
    const spec = specOf({ settings: { epochs: 4 } });
    // Each operation is tried four times; with five, it fails once.
    let refusals = 5;
    letThrough = (method, key) => {
      const isAway = method === 'PUT' && key === checkpointKey(trialKey(spec), 20, 1) && refusals-- > 0;
      if (isAway) throw new Error('away');
    };
    const epochs: number[] = [];
    await trainWith(pool.startTrainer, spec, {
      onEvent: (event) => event.kind === 'epoch' && epochs.push(event.line.epoch),
    });
    expect(refusals).toBeLessThan(0);
    expect(epochs).toEqual([1, 2, 3, 4]);
  });

  it('of the result deletes the checkpoints, and keeps each epoch’s hits', async () => {
    const spec = specOf({ settings: { epochs: 3 } });
    await trainWith(pool.startTrainer, spec);
    const result = (await readResult(store, trialKey(spec))) as TrialResult;
    expect(await store.list(`trials/${trialKey(spec)}/checkpoints/`)).toEqual([]);
    const { entries } = readHeader(await getBlob(store, result.hits as BlobRef));
    // 40 validation images.
    expect(entries).toMatchObject([{ name: 'hits', dtype: 'U8', shape: [3, 5] }]);
    const bits = [...(entries[0]?.values ?? [])].map((byte) => byte.toString(2).replaceAll('0', '').length);
    const counts = [0, 1, 2].map((epoch) =>
      bits.slice(5 * epoch, 5 * epoch + 5).reduce((sum, n) => sum + n, 0),
    );
    expect(counts.map((count) => (100 * count) / 40)).toEqual(result.lines.map((line) => line.val_accuracy));
  });

  it('goes on while the next trial computes, and the result comes last', async () => {
    const [first, second] = [specOf(), specOf()];
    const [computed, next] = [signal(), signal()];
    const order: string[] = [];
    letThrough = (method, key) =>
      method === 'PUT' && key === resultKey(trialKey(first)) ? next.given : undefined;
    const one = trainWith(pool.startTrainer, first, {
      onEvent: ({ kind }) => kind === 'computed' && computed.give(),
    }).then(() => order.push('first stored'));
    await computed.given;
    await trainWith(pool.startTrainer, second, {
      onEvent(event) {
        if (event.kind !== 'progress') return;
        order.push('second computes');
        next.give();
      },
    });
    await one;
    expect(order[0]).toBe('second computes');
    expect(order).toContain('first stored');
    for (const spec of [first, second]) expect(await readResult(store, trialKey(spec))).toBeDefined();
    expect(trainersOf(process.pid)).toHaveLength(1);
  });

  it('that fails after computing fails its trial alone, and the trainer ends after the other trial', async () => {
    const [first, second] = [specOf(), specOf()];
    const [computed, next] = [signal(), signal()];
    letThrough = async (method, key) => {
      if (method !== 'GET' || key !== resultKey(trialKey(first))) return;
      await next.given;
      await stealLease(store, trialKey(first));
    };
    let log = '';
    const one = trainWith(pool.startTrainer, first, {
      onEvent: ({ kind }) => kind === 'computed' && computed.give(),
      onLog: async (text) => {
        log = text;
      },
    });
    const failed = expect(one).rejects.toMatchObject({ name: 'TrainerError', kind: 'LeaseLost' });
    await computed.given;
    let secondLog = '';
    await trainWith(pool.startTrainer, second, {
      onEvent: ({ kind }) => kind === 'progress' && next.give(),
      onLog: async (text) => {
        secondLog = text;
      },
    });
    await failed;
    expect(log).toContain('LeaseLostError: the lease on trial');
    expect(secondLog).not.toContain('LeaseLostError');
    expect(await readResult(store, trialKey(second))).toBeDefined();
    await expect.poll(() => trainersOf(process.pid)).toEqual([]);
  });

  it('is at most one epoch behind, and an epoch is reported once it is stored', async () => {
    const spec = specOf({ settings: { epochs: 4 } });
    const [stepsPerEpoch, events] = [20, [] as string[]];
    let waiting = 0;
    letThrough = async (method, key) => {
      if (method !== 'PUT' || !key.startsWith(`trials/${trialKey(spec)}/checkpoints/`)) return;
      waiting++;
      expect(waiting).toBe(1);
      events.push(`storing ${key}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      waiting--;
    };
    await trainWith(pool.startTrainer, spec, {
      onEvent: (event) => event.kind === 'epoch' && events.push(`epoch ${event.line.epoch}`),
    });
    expect(events).toEqual(
      [1, 2, 3, 4].flatMap((epoch) => [
        `storing ${checkpointKey(trialKey(spec), epoch * stepsPerEpoch, 1)}`,
        `epoch ${epoch}`,
      ]),
    );
  });

  it('that fails stops the training, with the kind of the failure', async () => {
    const spec = specOf({ settings: { epochs: 10_000 } });
    letThrough = async (method, key) => {
      if (method !== 'PUT' || key !== checkpointKey(trialKey(spec), 20, 1)) return;
      await stealLease(store, trialKey(spec));
    };
    await expect(trainWith(pool.startTrainer, spec)).rejects.toMatchObject({ kind: 'LeaseLost' });
    expect(trainersOf(process.pid)).toEqual([]);
  });
});

describe('a trial whose trainer was killed in the middle of an epoch', () => {
  it.each<[string, Parameters<typeof specOf>[0]]>([
    ['a dense network', { network: dense(16) }],
    [
      'a convolutional network',
      { network: conv([[4, 3, 1]], 16), settings: { optimizer: { kind: 'adagrad' } } },
    ],
    ['a ResNet', { network: tinyResnet, settings: { optimizer: { kind: 'adadelta' } } }],
  ])('(%s) has the result of an uninterrupted one, bit for bit', async (_what, change) => {
    const steps = 40;
    const settings = { dropout: 0.2, validationFlip: true, epochs: 2, batchSize: 4, ...change?.settings };
    const uninterrupted = specOf({ ...change, settings, seed: 5 });
    await trainWith(pool.startTrainer, uninterrupted);

    vi.stubEnv('STAGED_STUDY_CHECKPOINT_SECONDS', '3600');
    vi.stubEnv('STAGED_STUDY_CHECKPOINT_WITHIN_SECONDS', '0');
    const spec = specOf({ ...change, settings, seed: 5 });
    const kill = once(() => {
      for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGKILL');
    });
    let isStored = false;
    letThrough = (method, key) => {
      if (isStored) {
        kill();
        return new Promise(() => {});
      }
      const { step = 0 } = parseCheckpointKey(key) ?? {};
      isStored = method === 'PUT' && step > 0 && step < steps;
      return undefined;
    };
    await expect(trainWith(pool.startTrainer, spec)).rejects.toMatchObject({ kind: 'Killed' });
    letThrough = () => {};
    const { checkpoint } = await newestIntactCheckpoint(store, trialKey(spec));
    expect(checkpoint?.manifest.within).not.toBeNull();

    let log = '';
    const onLog = async (text: string) => {
      log = text;
    };
    await trainWith(pool.startTrainer, spec, { onLog });
    expect(log).toContain(`continuing after epoch 0, step ${checkpoint?.manifest.step}\n`);
    expect(await numbersOf(spec)).toEqual(await numbersOf(uninterrupted));
  });

  it('and that goes on in another environment lists both', async () => {
    vi.stubEnv('ONEDNN_MAX_CPU_ISA', 'AVX2');
    vi.stubEnv('STAGED_STUDY_TRAINER_ENV', 'ONEDNN_MAX_CPU_ISA');
    const spec = specOf({ settings: { epochs: 4 } });
    const kill = once(() => {
      for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGKILL');
    });
    const onEvent = ({ kind }: TrainerEvent) => kind === 'epoch' && kill();
    letThrough = (method, key) =>
      method === 'PUT' && key === checkpointKey(trialKey(spec), 60, 1) ? new Promise(() => {}) : undefined;
    await expect(trainWith(pool.startTrainer, spec, { onEvent })).rejects.toMatchObject({ kind: 'Killed' });
    vi.stubEnv('STAGED_STUDY_TRAINER_ENV', '');
    const { checkpoint } = await newestIntactCheckpoint(store, trialKey(spec));
    await trainWith(pool.startTrainer, spec);
    const result = (await readResult(store, trialKey(spec))) as TrialResult;
    expect(result.earlierEnvironments).toMatchObject([
      { untilStep: checkpoint?.manifest.step, values: { ONEDNN_MAX_CPU_ISA: 'AVX2' } },
    ]);
    expect(result.environment).not.toHaveProperty('ONEDNN_MAX_CPU_ISA');
  });
});

it('every kind of network gives the bits of a fresh process, whatever the trainer did before', async () => {
  const trials: [Parameters<typeof specOf>[0], string][] = [
    [{ network: dense(16), settings: { dropout: 0.2 } }, 'dense'],
    [
      { network: conv([[4, 3, 1]], 16), settings: { optimizer: { kind: 'adagrad' }, horizontalFlip: 0.5 } },
      'conv',
    ],
    [{ network: tinyResnet, settings: { optimizer: { kind: 'adadelta' }, dropout: 0.1 } }, 'resnet'],
    [{ network: conv([[4, 3, 1]], 16), settings: { dropout: 0.3, activation: 'silu' } }, 'conv with dropout'],
  ];
  const resultsBy = async (start: StartTrainer, order: number[]) => {
    const results = new Map<string, unknown>();
    for (const index of order) {
      const [change, name] = trials[index] as (typeof trials)[number];
      const spec = specOf({ ...change, seed: 7 });
      await trainWith(start, spec);
      const result = await readResult(store, trialKey(spec));
      const lines = result?.lines.map(({ seconds: _, ...line }) => line);
      results.set(name, { lines, tensors: result?.tensorsSha256, inMode: result?.scoreInTrainingMode });
    }
    return Object.fromEntries(results);
  };
  const fresh = await resultsBy(startTrainer, [0, 1, 2, 3]);
  expect(await resultsBy(pool.startTrainer, [3, 0, 2, 1])).toEqual(fresh);
  expect(await resultsBy(pool.startTrainer, [1, 2, 0, 3])).toEqual(fresh);
  expect(trainersOf(process.pid)).toHaveLength(1);
});

// --- helpers ---

/** Loads TensorFlow, and does nothing with it. */
const NOTHING: Job<'measure'> = { kind: 'measure', configs: [], input: CIFAR10_INPUT };

let repetition = 0;

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

/** An epoch of 160 steps takes several seconds, so the first progress comes within it. */
function longEpoch(): TrialSpec {
  return specOf({ network: dense(2000, 2000), settings: { epochs: 2, batchSize: 1 } });
}

/** Trains until the first progress, then stops the job. */
async function stopped(spec: TrialSpec, options: Parameters<StartTrainer>[1] = {}): Promise<void> {
  const stop = new AbortController();
  const reason = new Error('enough');
  const onEvent = ({ kind }: TrainerEvent) => kind === 'progress' && stop.abort(reason);
  const training = trainWith(pool.startTrainer, spec, { ...options, onEvent, signal: stop.signal });
  await expect(training).rejects.toBe(reason);
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

/** All that a trial has computed. */
async function numbersOf(spec: TrialSpec) {
  const result = (await readResult(store, trialKey(spec))) as TrialResult;
  const { score, scoreInTrainingMode, bestEpoch, tensorsSha256 } = result;
  const hits = readHeader(await getBlob(store, result.hits as BlobRef)).entries.map(({ values }) => values);
  const lines = result.lines.map(({ seconds: _, ...line }) => line);
  return { score, scoreInTrainingMode, bestEpoch, tensorsSha256, hits, lines };
}

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

async function trainWith(
  start: StartTrainer,
  spec: TrialSpec,
  options: Parameters<StartTrainer>[1] = {},
): Promise<void> {
  const { term } = await stealLease(store, trialKey(spec), 'test');
  await start({ kind: 'train', spec, holder: 'test', term }, { threads: 1, ...options, env });
}
