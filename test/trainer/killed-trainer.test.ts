import { describe, expect, it, vi } from 'vitest';
import { checkpointKey, parseCheckpointKey } from '../../storage/keys.ts';
import { newestIntactCheckpoint } from '../../storage/trials/checkpoints.ts';
import { readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import type { TrainerEvent } from '../../trainer/protocol.ts';
import { conv, dense, tinyResnet } from '../training/configs.ts';
import { once, usePool } from './pool-bench.ts';
import { trainersOf } from './trainers.ts';

const bench = usePool();

describe('a trial whose trainer was killed in the middle of an epoch', () => {
  it.each<[string, Parameters<typeof bench.specOf>[0]]>([
    ['a dense network', { network: dense(16) }],
    [
      'a convolutional network',
      { network: conv([[4, 3, 1]], 16), settings: { optimizer: { kind: 'adagrad' } } },
    ],
    ['a ResNet', { network: tinyResnet, settings: { optimizer: { kind: 'adadelta' } } }],
  ])('(%s) has the result of an uninterrupted one, bit for bit', async (_what, change) => {
    const steps = 40;
    const settings = { dropout: 0.2, validationFlip: true, epochs: 2, batchSize: 4, ...change?.settings };
    const uninterrupted = bench.specOf({ ...change, settings, seed: 5 });
    await bench.trainWith(bench.pool.startTrainer, uninterrupted);

    vi.stubEnv('STAGED_STUDY_CHECKPOINT_SECONDS', '3600');
    vi.stubEnv('STAGED_STUDY_CHECKPOINT_WITHIN_SECONDS', '0');
    const spec = bench.specOf({ ...change, settings, seed: 5 });
    const kill = once(() => {
      for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGKILL');
    });
    let isStored = false;
    bench.letThrough = (method, key) => {
      if (isStored) {
        kill();
        return new Promise(() => {});
      }
      const { step = 0 } = parseCheckpointKey(key) ?? {};
      isStored = method === 'PUT' && step > 0 && step < steps;
      return undefined;
    };
    await expect(bench.trainWith(bench.pool.startTrainer, spec)).rejects.toMatchObject({ kind: 'Killed' });
    bench.letThrough = () => {};
    const { checkpoint } = await newestIntactCheckpoint(bench.store, trialKey(spec));
    expect(checkpoint?.manifest.within).not.toBeNull();

    let log = '';
    const onLog = async (text: string) => {
      log = text;
    };
    await bench.trainWith(bench.pool.startTrainer, spec, { onLog });
    expect(log).toContain(`continuing after epoch 0, step ${checkpoint?.manifest.step}\n`);
    expect(await bench.numbersOf(spec)).toEqual(await bench.numbersOf(uninterrupted));
  });

  it('and that goes on in another environment lists both', async () => {
    vi.stubEnv('ONEDNN_MAX_CPU_ISA', 'AVX2');
    vi.stubEnv('STAGED_STUDY_TRAINER_ENV', 'ONEDNN_MAX_CPU_ISA');
    const spec = bench.specOf({ settings: { epochs: 4 } });
    const kill = once(() => {
      for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGKILL');
    });
    const onEvent = ({ kind }: TrainerEvent) => kind === 'epoch' && kill();
    bench.letThrough = (method, key) =>
      method === 'PUT' && key === checkpointKey(trialKey(spec), 60, 1) ? new Promise(() => {}) : undefined;
    await expect(bench.trainWith(bench.pool.startTrainer, spec, { onEvent })).rejects.toMatchObject({
      kind: 'Killed',
    });
    vi.stubEnv('STAGED_STUDY_TRAINER_ENV', '');
    const { checkpoint } = await newestIntactCheckpoint(bench.store, trialKey(spec));
    await bench.trainWith(bench.pool.startTrainer, spec);
    const result = (await readResult(bench.store, trialKey(spec))) as TrialResult;
    expect(result.earlierEnvironments).toMatchObject([
      { untilStep: checkpoint?.manifest.step, values: { ONEDNN_MAX_CPU_ISA: 'AVX2' } },
    ]);
    expect(result.environment).not.toHaveProperty('ONEDNN_MAX_CPU_ISA');
  });
});
