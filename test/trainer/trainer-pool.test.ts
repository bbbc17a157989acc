import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { putDataset } from '../../storage/inputs/datasets.ts';
import { checkpointKey, resultKey } from '../../storage/keys.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import { storeEnvironment } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { newestIntactCheckpoint } from '../../storage/trials/checkpoints.ts';
import { acquireLease } from '../../storage/trials/lease.ts';
import { readResult } from '../../storage/trials/trials.ts';
import { NUMERICS, type TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import type { Job, TrainerEvent } from '../../trainer/protocol.ts';
import { type StartTrainer, startTrainer } from '../../trainer/start-trainer.ts';
import { createTrainerPool, type TrainerPool } from '../../trainer/trainer-pool.ts';
import { smallImages } from '../activities/small-archive.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
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
      { kind: 'checkWeights', file, networks: [] },
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

  it('ends after a stopped job', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const onEvent = ({ kind }: TrainerEvent) => kind === 'epoch' && stop.abort(reason);
    const spec = specOf({ settings: { epochs: 10_000 } });
    await expect(trainWith(pool.startTrainer, spec, { onEvent, signal: stop.signal })).rejects.toBe(reason);
    expect(trainersOf(process.pid)).toEqual([]);
    expect((await newestIntactCheckpoint(store, trialKey(spec))).checkpoint).toBeDefined();
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
      await stealLease(first);
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
      await stealLease(spec);
    };
    await expect(trainWith(pool.startTrainer, spec)).rejects.toMatchObject({ kind: 'LeaseLost' });
    expect(trainersOf(process.pid)).toEqual([]);
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
const NOTHING: Job<'measure'> = { kind: 'measure', configs: [] };

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

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

async function stealLease(spec: TrialSpec): Promise<void> {
  const now = () => Date.now() + 3_600_000;
  await acquireLease(store, trialKey(spec), { holder: 'another', attempt: 1, ttlMs: 1, now });
}

async function trainWith(
  start: StartTrainer,
  spec: TrialSpec,
  options: Parameters<StartTrainer>[1] = {},
): Promise<void> {
  const request = { holder: 'test', attempt: 1, ttlMs: 600_000, now: Date.now };
  const turn = await acquireLease(store, trialKey(spec), request);
  if (!('lease' in turn)) throw new Error('expected the lease');
  await start(
    { kind: 'train', spec, holder: 'test', term: turn.lease.term },
    { threads: 1, ...options, env },
  );
}
