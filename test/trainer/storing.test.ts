import { describe, expect, it } from 'vitest';
import { type BlobRef, getBlob } from '../../storage/blobs.ts';
import { checkpointKey, resultKey } from '../../storage/keys.ts';
import { readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { readHeader } from '../../training/checkpoint/safetensors-header.ts';
import { stealLease } from '../storage/leases.ts';
import { usePool } from './pool-bench.ts';
import { trainersOf } from './trainers.ts';

const bench = usePool();

describe('storing', () => {
  it('gives signs of life, however long the store needs for a request', async () => {
    const spec = bench.specOf();
    const answered = signal();
    let signs = 0;
    let isHeld = false;
    bench.letThrough = async (method, key) => {
      if (method !== 'PUT' || key !== resultKey(trialKey(spec))) return;
      isHeld = true;
      await answered.given;
    };
    await bench.trainWith(bench.pool.startTrainer, spec, {
      onEvent: ({ kind }) => isHeld && kind === 'alive' && ++signs === 2 && answered.give(),
    });
    expect(signs).toBeGreaterThanOrEqual(2);
  });

  it('outlives a store that is away for a while: training loses nothing, and waits at the latest at the next checkpoint', async () => {
    const spec = bench.specOf({ settings: { epochs: 4 } });
    // Each operation is tried four times; with five, it fails once.
    let refusals = 5;
    bench.letThrough = (method, key) => {
      const isAway = method === 'PUT' && key === checkpointKey(trialKey(spec), 20, 1) && refusals-- > 0;
      if (isAway) throw new Error('away');
    };
    const epochs: number[] = [];
    await bench.trainWith(bench.pool.startTrainer, spec, {
      onEvent: (event) => event.kind === 'epoch' && epochs.push(event.line.epoch),
    });
    expect(refusals).toBeLessThan(0);
    expect(epochs).toEqual([1, 2, 3, 4]);
  });

  it('of the result deletes the checkpoints, and keeps each epoch’s hits', async () => {
    const spec = bench.specOf({ settings: { epochs: 3 } });
    await bench.trainWith(bench.pool.startTrainer, spec);
    const result = (await readResult(bench.store, trialKey(spec))) as TrialResult;
    expect(await bench.store.list(`trials/${trialKey(spec)}/checkpoints/`)).toEqual([]);
    const { entries } = readHeader(await getBlob(bench.store, result.hits as BlobRef));
    // 40 validation images.
    expect(entries).toMatchObject([{ name: 'hits', dtype: 'U8', shape: [3, 5] }]);
    const bits = [...(entries[0]?.values ?? [])].map((byte) => byte.toString(2).replaceAll('0', '').length);
    const counts = [0, 1, 2].map((epoch) =>
      bits.slice(5 * epoch, 5 * epoch + 5).reduce((sum, n) => sum + n, 0),
    );
    expect(counts.map((count) => (100 * count) / 40)).toEqual(result.lines.map((line) => line.val_accuracy));
  });

  it('goes on while the next trial computes, and the result comes last', async () => {
    const [first, second] = [bench.specOf(), bench.specOf()];
    const [computed, next] = [signal(), signal()];
    const order: string[] = [];
    bench.letThrough = (method, key) =>
      method === 'PUT' && key === resultKey(trialKey(first)) ? next.given : undefined;
    const one = bench
      .trainWith(bench.pool.startTrainer, first, {
        onEvent: ({ kind }) => kind === 'computed' && computed.give(),
      })
      .then(() => order.push('first stored'));
    await computed.given;
    await bench.trainWith(bench.pool.startTrainer, second, {
      onEvent(event) {
        if (event.kind !== 'progress') return;
        order.push('second computes');
        next.give();
      },
    });
    await one;
    expect(order[0]).toBe('second computes');
    expect(order).toContain('first stored');
    for (const spec of [first, second]) expect(await readResult(bench.store, trialKey(spec))).toBeDefined();
    expect(trainersOf(process.pid)).toHaveLength(1);
  });

  it('that fails after computing fails its trial alone, and the trainer ends after the other trial', async () => {
    const [first, second] = [bench.specOf(), bench.specOf()];
    const [computed, next] = [signal(), signal()];
    bench.letThrough = async (method, key) => {
      if (method !== 'GET' || key !== resultKey(trialKey(first))) return;
      await next.given;
      await stealLease(bench.store, trialKey(first));
    };
    let log = '';
    const one = bench.trainWith(bench.pool.startTrainer, first, {
      onEvent: ({ kind }) => kind === 'computed' && computed.give(),
      onLog: async (text) => {
        log = text;
      },
    });
    const failed = expect(one).rejects.toMatchObject({ name: 'TrainerError', kind: 'LeaseLost' });
    await computed.given;
    let secondLog = '';
    await bench.trainWith(bench.pool.startTrainer, second, {
      onEvent: ({ kind }) => kind === 'progress' && next.give(),
      onLog: async (text) => {
        secondLog = text;
      },
    });
    await failed;
    expect(log).toContain('LeaseLostError: the lease on trial');
    expect(secondLog).not.toContain('LeaseLostError');
    expect(await readResult(bench.store, trialKey(second))).toBeDefined();
    await expect.poll(() => trainersOf(process.pid)).toEqual([]);
  });

  it('is at most one epoch behind, and an epoch is reported once it is stored', async () => {
    const spec = bench.specOf({ settings: { epochs: 4 } });
    const [stepsPerEpoch, events] = [20, [] as string[]];
    let waiting = 0;
    bench.letThrough = async (method, key) => {
      if (method !== 'PUT' || !key.startsWith(`trials/${trialKey(spec)}/checkpoints/`)) return;
      waiting++;
      expect(waiting).toBe(1);
      events.push(`storing ${key}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      waiting--;
    };
    await bench.trainWith(bench.pool.startTrainer, spec, {
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
    const spec = bench.specOf({ settings: { epochs: 10_000 } });
    bench.letThrough = async (method, key) => {
      if (method !== 'PUT' || key !== checkpointKey(trialKey(spec), 20, 1)) return;
      await stealLease(bench.store, trialKey(spec));
    };
    await expect(bench.trainWith(bench.pool.startTrainer, spec)).rejects.toMatchObject({ kind: 'LeaseLost' });
    expect(trainersOf(process.pid)).toEqual([]);
  });
});

// --- helpers ---

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
