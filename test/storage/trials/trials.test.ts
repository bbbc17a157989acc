import { beforeEach, describe, expect, it } from 'vitest';
import type { BlobRef } from '../../../storage/blobs.ts';
import { blobKey, resultKey, trialConfigKey } from '../../../storage/keys.ts';
import { DamagedObjectError, type ObjectStore } from '../../../storage/object-store.ts';
import { LeaseLostError } from '../../../storage/trials/lease.ts';
import {
  readMetrics,
  readResult,
  type TrialResult,
  writeMetrics,
  writeResult,
  writeTrialConfig,
  writeTrialLog,
} from '../../../storage/trials/trials.ts';
import { canonicalJson, trialKey } from '../../../study/trial/trial-key.ts';
import { exampleLine, exampleResult, exampleSpec } from '../examples.ts';
import { storeKinds } from '../fresh-stores.ts';
import { takeLease } from '../leases.ts';

const trial = trialKey(exampleSpec());
const blob = (digit: string) => ({ sha256: digit.repeat(64), sizeBytes: 1 });
const result = exampleResult({ weights: blob('1'), predictions: blob('2') });

describe.each(storeKinds)('trials (%s)', (_name, createStore) => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await createStore();
    for (const { sha256 } of [result.weights, result.predictions] as BlobRef[])
      await store.put(blobKey(sha256), Buffer.from('b'));
  });

  const newTerm = () => takeLease(store, trial);

  it('store the configuration under its hash', async () => {
    expect(await writeTrialConfig(store, exampleSpec())).toBe(trial);
    expect(await writeTrialConfig(store, exampleSpec())).toBe(trial);
    expect(String((await store.get(trialConfigKey(trial)))?.body)).toBe(canonicalJson(exampleSpec()));
  });

  it('detect a configuration that does not match its key', async () => {
    await store.put(trialConfigKey(trial), Buffer.from(canonicalJson(exampleSpec(2))));
    await expect(writeTrialConfig(store, exampleSpec())).rejects.toThrow(DamagedObjectError);
  });

  it('list epochs in order; the first line of an epoch stays', async () => {
    for (const epoch of [2, 10, 1]) await writeMetrics(store, trial, exampleLine(epoch));
    await writeMetrics(store, trial, { ...exampleLine(2), seconds: 99 });
    expect(await readMetrics(store, trial)).toEqual([1, 2, 10].map(exampleLine));
  });

  it('have no result until one is written, and then keep it', async () => {
    expect(await readResult(store, trial)).toBeUndefined();
    await newTerm();
    expect(await writeResult(store, result)).toEqual(result);
    const later: TrialResult = { ...result, score: 99 };
    expect(await writeResult(store, later)).toEqual(result);
    expect(await readResult(store, trial)).toEqual(result);
  });

  it('have no result that names a blob which the store lacks', async () => {
    await newTerm();
    await store.delete(blobKey(blob('2').sha256));
    await expect(writeResult(store, result)).rejects.toThrow(
      /expected blobs\/2+ with 1 bytes .* found nothing/,
    );
    expect(await readResult(store, trial)).toBeUndefined();
  });

  it('take a result that says that memory ran out as absent, and replace it: another machine may have enough', async () => {
    const { bestEpoch: _, ...rest } = result;
    const outOfMemory = { ...rest, bestEpoch: null, outcome: 'outOfMemory', message: 'OOM', score: null };
    await store.put(resultKey(trial), Buffer.from(canonicalJson(outOfMemory)));
    expect(await readResult(store, trial)).toBeUndefined();
    await newTerm();
    expect(await writeResult(store, result)).toEqual(result);
    expect(await readResult(store, trial)).toEqual(result);
  });

  it('read a result from before accuracies in training mode and hits were recorded', async () => {
    const { scoreInTrainingMode: _, hits: __, ...older } = result;
    await store.put(resultKey(trial), Buffer.from(canonicalJson(older)));
    expect(await readResult(store, trial)).toEqual({ ...older, scoreInTrainingMode: null, hits: null });
  });

  it('keep one of two results written at the same time', async () => {
    await newTerm();
    const [a, b] = await Promise.all([
      writeResult(store, result),
      writeResult(store, { ...result, score: 99 }),
    ]);
    expect(a).toEqual(b);
    expect(await readResult(store, trial)).toEqual(a);
  });

  it('accept no result from an attempt that has lost its lease', async () => {
    await newTerm();
    await newTerm();
    await expect(writeResult(store, result)).rejects.toThrow(LeaseLostError);
    expect(await readResult(store, trial)).toBeUndefined();
  });

  it('can end without a score', async () => {
    await newTerm();
    const diverged: TrialResult = {
      ...result,
      outcome: 'diverged',
      message: 'train_loss became NaN',
      score: null,
      bestEpoch: null,
      lines: [],
      weights: null,
      predictions: null,
    };
    await writeResult(store, diverged);
    expect(await readResult(store, trial)).toEqual(diverged);
  });

  it.each<[string, Partial<TrialResult>, RegExp]>([
    ['a completed trial without a score', { score: null }, /a completed trial has a score/],
    ['a diverged trial with a score', { outcome: 'diverged' }, /only a completed trial has a score/],
    ['NaN', { trainingSeconds: Number.NaN }, /trainingSeconds/],
    ['the key of another trial', { trialKey: '0'.repeat(64) }, /expected the result of trial 0000/],
  ])('refuse to store %s', async (_what, change, message) => {
    await newTerm();
    await expect(writeResult(store, { ...result, ...change })).rejects.toThrow(message);
    expect(await store.list(resultKey(trial))).toEqual([]);
  });

  it('refuse a damaged result', async () => {
    const text = canonicalJson(result);
    for (const damaged of [text.slice(0, -20), text.replace('"completed"', '"done"'), '{}']) {
      await store.put(resultKey(trial), Buffer.from(damaged));
      await expect(readResult(store, trial)).rejects.toThrow(DamagedObjectError);
    }
    const other = canonicalJson({ ...result, spec: exampleSpec(2) });
    await store.put(resultKey(trial), Buffer.from(other));
    await expect(readResult(store, trial)).rejects.toThrow(`expected the result of trial ${trial}`);
  });

  it('store the log of each term', async () => {
    await writeTrialLog(store, trial, 1, 'started\n');
    await writeTrialLog(store, trial, 2, 'resumed\n');
    expect(await store.list(`trials/${trial}/log/`)).toHaveLength(2);
  });
});
