import { existsSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { checkpointKey } from '../../storage/keys.ts';
import { newestIntactCheckpoint } from '../../storage/trials/checkpoints.ts';
import { readResult } from '../../storage/trials/trials.ts';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { NUMERICS, type TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import type { Job, TrainerEvent } from '../../trainer/protocol.ts';
import { type StartTrainer, startTrainer } from '../../trainer/start-trainer.ts';
import { createTrainerPool } from '../../trainer/trainer-pool.ts';
import { configOf, conv, dense, tinyResnet } from '../training/configs.ts';
import { once, usePool } from './pool-bench.ts';
import { trainersOf } from './trainers.ts';

const bench = usePool();

describe('a trainer of a pool', () => {
  it('does jobs one after another, and each has its own log', async () => {
    const logs: string[] = [];
    const onLog = async (log: string) => void logs.push(log);
    await bench.pool.startTrainer(NOTHING, { onLog, env: bench.env(), threads: 1 });
    const first = trainersOf(process.pid);
    expect(first).toHaveLength(1);
    const spec = bench.specOf();
    await bench.store.put(checkpointKey(trialKey(spec), 20, 1), Buffer.from('damaged'));
    await bench.trainWith(bench.pool.startTrainer, spec, { onLog });
    await bench.pool.startTrainer(NOTHING, { onLog, env: bench.env(), threads: 1 });
    expect(trainersOf(process.pid)).toEqual(first);
    expect(logs[1]).toContain('skipped a checkpoint');
    expect(logs[2]).toBe('');
  });

  it('is not used for jobs with another environment', async () => {
    await bench.pool.startTrainer(NOTHING, { threads: 1 });
    const [first] = trainersOf(process.pid);
    await bench.pool.startTrainer(NOTHING, { threads: 2 });
    // The first one's slot is the second one's now.
    await expect.poll(() => trainersOf(process.pid)).toHaveLength(1);
    expect(trainersOf(process.pid)).not.toContainEqual(first);
  });

  it('that is to have the machine alone starts when those without a job have ended', async () => {
    await bench.pool.startTrainer(NOTHING, {});
    const [first] = trainersOf(process.pid);
    const seen: unknown[] = [];
    const onEvent = () => void seen.push(...trainersOf(process.pid));
    await bench.pool.startTrainer({ ...NOTHING, configs: [configOf(dense(8))] }, { alone: true, onEvent });
    expect(trainersOf(process.pid)).toHaveLength(1);
    expect([...trainersOf(process.pid), ...seen]).not.toContainEqual(first);
  });

  it('ends after a failed job, whose log has the reason', async () => {
    await bench.pool.startTrainer(NOTHING, {});
    const file = '/no/such/weights.pth';
    let log = '';
    const failed = bench.pool.startTrainer(
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
    await bench.pool.startTrainer(NOTHING, {});
  });

  it('stores a checkpoint of where it stands when its job is stopped, and ends', async () => {
    const spec = longEpoch();
    await stopped(spec);
    expect(trainersOf(process.pid)).toEqual([]);
    const { checkpoint } = await newestIntactCheckpoint(bench.store, trialKey(spec));
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
    const later = await newestIntactCheckpoint(bench.store, trialKey(spec));
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
    const spec = bench.specOf({ settings: { epochs: 10_000 } });
    const freeze = once(() => {
      for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGSTOP');
    });
    const onEvent = ({ kind }: TrainerEvent) => kind === 'epoch' && freeze();
    const hung = bench.trainWith(bench.pool.startTrainer, spec, {
      onEvent,
      patience: { startMs: 60_000, leastMs: 500 },
    });
    await expect(hung).rejects.toMatchObject({
      kind: 'Killed',
      message: expect.stringMatching(/^the trainer gave no sign of life for \d+ s and was killed/),
    });
    expect(trainersOf(process.pid)).toEqual([]);
  });

  it('refuses a trial of other numerics, and says which worker to start', async () => {
    const spec = { ...bench.specOf(), numerics: NUMERICS + 1 };
    await expect(bench.trainWith(bench.pool.startTrainer, spec)).rejects.toMatchObject({
      kind: 'BadConfiguration',
      message: expect.stringMatching(
        /expected a trial with numerics \d+, .* got \d+: .* the version that began the study/,
      ),
    });
    expect(await bench.store.list(`trials/${trialKey(spec)}/checkpoints/`)).toEqual([]);
  });

  it('that was told to use a GPU fails if there is none', async ({ skip }) => {
    if (existsSync('/dev/nvidia0')) return skip();
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '0');
    const failed = bench.trainWith(bench.pool.startTrainer, bench.specOf());
    await expect(failed).rejects.toMatchObject({
      kind: 'DeviceUnavailable',
      message: expect.stringMatching(/expected a GPU, but TensorFlow found none .* CUDA_VISIBLE_DEVICES=-1/),
    });
  });

  it('records the variables that it was given on purpose', async () => {
    vi.stubEnv('ONEDNN_MAX_CPU_ISA', 'AVX2');
    vi.stubEnv('STAGED_STUDY_TRAINER_ENV', 'ONEDNN_MAX_CPU_ISA');
    const spec = bench.specOf();
    await bench.trainWith(bench.pool.startTrainer, spec);
    const result = await readResult(bench.store, trialKey(spec));
    expect(result?.environment).toMatchObject({ ONEDNN_MAX_CPU_ISA: 'AVX2' });
    expect(result).not.toHaveProperty('earlierEnvironments');
  });

  it('that dies fails its job only, and the next job has another', async () => {
    const onEvent = ({ kind }: TrainerEvent) => {
      if (kind !== 'epoch') return;
      for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGKILL');
    };
    const spec = bench.specOf({ settings: { epochs: 10_000 } });
    await expect(bench.trainWith(bench.pool.startTrainer, spec, { onEvent })).rejects.toMatchObject({
      kind: 'Killed',
    });
    await bench.trainWith(bench.pool.startTrainer, bench.specOf());
  });
});

it('every kind of network gives the bits of a fresh process, whatever the trainer did before', async () => {
  const trials: [Parameters<typeof bench.specOf>[0], string][] = [
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
      const spec = bench.specOf({ ...change, seed: 7 });
      await bench.trainWith(start, spec);
      const result = await readResult(bench.store, trialKey(spec));
      const lines = result?.lines.map(({ seconds: _, ...line }) => line);
      results.set(name, { lines, tensors: result?.tensorsSha256, inMode: result?.scoreInTrainingMode });
    }
    return Object.fromEntries(results);
  };
  const fresh = await resultsBy(startTrainer, [0, 1, 2, 3]);
  expect(await resultsBy(bench.pool.startTrainer, [3, 0, 2, 1])).toEqual(fresh);
  expect(await resultsBy(bench.pool.startTrainer, [1, 2, 0, 3])).toEqual(fresh);
  expect(trainersOf(process.pid)).toHaveLength(1);
});

// --- helpers ---

/** Loads TensorFlow, and does nothing with it. */
const NOTHING: Job<'measure'> = { kind: 'measure', configs: [], input: CIFAR10_INPUT };

/** An epoch of 160 steps takes several seconds, so the first progress comes within it. */
function longEpoch(): TrialSpec {
  return bench.specOf({ network: dense(2000, 2000), settings: { epochs: 2, batchSize: 1 } });
}

/** Trains until the first progress, then stops the job. */
async function stopped(spec: TrialSpec, options: Parameters<StartTrainer>[1] = {}): Promise<void> {
  const stop = new AbortController();
  const reason = new Error('enough');
  const onEvent = ({ kind }: TrainerEvent) => kind === 'progress' && stop.abort(reason);
  const training = bench.trainWith(bench.pool.startTrainer, spec, {
    ...options,
    onEvent,
    signal: stop.signal,
    // Storing 80 MB takes longer than the usual grace if the machine has other work.
    stopGraceMs: 60_000,
  });
  await expect(training).rejects.toBe(reason);
}
