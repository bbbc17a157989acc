import { beforeEach, describe, expect, it } from 'vitest';
import { getBlob, putBlob } from '../../../storage/blobs.ts';
import { blobKey, checkpointKey, checkpointsPrefix } from '../../../storage/keys.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import {
  type CheckpointContent,
  type CheckpointManifest,
  deleteCheckpoints,
  newestIntactCheckpoint,
  saveCheckpoint,
} from '../../../storage/trials/checkpoints.ts';
import type { FinishedEpoch } from '../../../storage/trials/epochs.ts';
import { LeaseLostError } from '../../../storage/trials/lease.ts';
import { writeResult } from '../../../storage/trials/trials.ts';
import { canonicalJson, trialKey } from '../../../study/trial/trial-key.ts';
import { exampleLine, exampleResult, exampleSpec } from '../examples.ts';
import { storeKinds } from '../fresh-stores.ts';
import { takeLease } from '../leases.ts';

const trial = trialKey(exampleSpec());

describe.each(storeKinds)('checkpoints (%s)', (_name, createStore) => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await createStore();
    await newTerm();
  });

  const newTerm = () => takeLease(store, trial);

  /** An epoch of 100 steps. `before` is the manifest with the best epoch so far, omitted if that is this epoch. */
  function save(
    epoch: number,
    term = 1,
    before?: CheckpointManifest,
    best: CheckpointContent['best'] = { predictions: Buffer.from(`predictions ${epoch}`) },
  ): Promise<CheckpointManifest> {
    return saveCheckpoint(store, trial, term, contentOf(epoch, before?.best ?? best, before?.epochs.pieces));
  }

  function contentOf(
    epoch: number,
    best: CheckpointContent['best'],
    pieces: CheckpointContent['pieces'] = [],
  ): CheckpointContent {
    return {
      step: epoch * 100,
      epoch,
      seed: 1,
      within: null,
      environment: { device: 'a' },
      earlierEnvironments: [],
      weights: Buffer.from(`weights ${epoch}`),
      optimizer: Buffer.from(`optimizer ${epoch}`),
      best,
      epochs: finished(epoch),
      pieces,
      writtenAt: '2026-01-01T00:00:00.000Z',
    };
  }

  const keysBelow = async (prefix: string) => (await store.list(prefix)).map(({ key }) => key);
  const manifests = async () =>
    (await keysBelow(checkpointsPrefix(trial))).map((key) => key.split('/').at(-1));
  async function flipByte(key: string): Promise<void> {
    const body = (await store.get(key))?.body as Buffer;
    body[3] = (body[3] as number) ^ 1;
    await store.put(key, body);
  }

  it('are read as they were saved', async () => {
    const first = await save(1);
    const manifest = await save(2, 1, first);
    expect(await newestIntactCheckpoint(store, trial)).toEqual({
      checkpoint: {
        manifest,
        weights: Buffer.from('weights 2'),
        optimizer: Buffer.from('optimizer 2'),
        best: { weights: Buffer.from('weights 1'), predictions: Buffer.from('predictions 1') },
        epochs: finished(2),
      },
      damaged: [],
    });
    expect(manifest).toMatchObject({ step: 200, epoch: 2, term: 1, best: { epoch: 1 } });
  });

  it('within the first epoch have no best epoch, and the sums so far', async () => {
    const within = { sums: { loss: Math.fround(123.4), correct: 7 }, seconds: 2.5 };
    const manifest = await saveCheckpoint(store, trial, 1, { ...contentOf(0, null), step: 3, within });
    const { checkpoint } = await newestIntactCheckpoint(store, trial);
    expect(checkpoint).toMatchObject({ manifest, best: null, epochs: [] });
    expect(checkpoint?.manifest.within).toEqual(within);
  });

  it('of an earlier version can still be read', async () => {
    const { epochs, within, environment, earlierEnvironments, ...rest } = await save(2);
    const lines = epochs.rest.map(({ line }) => line);
    const former = canonicalJson({ ...rest, format: 1, lines });
    await store.put(checkpointKey(trial, 200, 1), Buffer.from(former));
    const { checkpoint } = await newestIntactCheckpoint(store, trial);
    expect(checkpoint?.epochs).toEqual(lines.map((line) => ({ line, hits: null })));
    expect(checkpoint?.manifest).toMatchObject({
      epoch: 2,
      best: { epoch: 2 },
      within: null,
      environment: {},
    });
    // Its blobs are deleted like those of others.
    await save(3);
    await save(4);
    expect(await manifests()).toEqual(['0000000300-1.json', '0000000400-1.json']);
    expect(await keysBelow('blobs/')).toHaveLength(6);
  });

  it('store each epoch once: what a checkpoint writes hardly grows with the number of epochs', async () => {
    const underlying = store;
    const written: number[] = [];
    store = {
      ...underlying,
      put: async (key, body, condition) => {
        written[written.length - 1] = (written.at(-1) ?? 0) + body.length;
        return underlying.put(key, body, condition);
      },
    };
    let last: CheckpointManifest | undefined;
    for (const epoch of [49, 50, 51, 999, 1000, 1001]) {
      written.push(0);
      last = await save(epoch, 1, last);
    }
    store = underlying;
    expect(last?.epochs.pieces).toHaveLength(20);
    expect(last?.epochs.rest).toHaveLength(1);
    const bytesOf = (epochs: number) => JSON.stringify(finished(epochs)).length;
    // Of a thousand epochs, the manifest has twenty names.
    expect(written.at(-1)).toBeLessThan(bytesOf(1000) / 20);
    const { checkpoint } = await newestIntactCheckpoint(store, trial);
    expect(checkpoint?.epochs).toEqual(finished(1001));
  });

  it('are not moved by an attempt that has lost its lease', async () => {
    await newTerm();
    await expect(save(1, 1)).rejects.toThrow(LeaseLostError);
    expect(await keysBelow('blobs/')).toEqual([]);
  });

  it('have the best epoch, if that is an earlier one without a checkpoint', async () => {
    const earlier = { epoch: 3, weights: Buffer.from('weights 3') };
    const best = { predictions: Buffer.from('predictions 3'), earlier };
    const manifest = await save(5, 1, undefined, best);
    expect(manifest).toMatchObject({ epoch: 5, best: { epoch: 3 } });
    const { checkpoint } = await newestIntactCheckpoint(store, trial);
    expect(checkpoint?.best).toEqual({ weights: earlier.weights, predictions: best.predictions });
    expect(checkpoint?.weights).toEqual(Buffer.from('weights 5'));
  });

  it('do not exist at first', async () => {
    expect(await newestIntactCheckpoint(store, trial)).toEqual({ damaged: [] });
  });

  it('are not saved by an attempt that has lost its lease', async () => {
    await save(1);
    await newTerm();
    await expect(save(2, 1)).rejects.toThrow(LeaseLostError);
    expect(await manifests()).toEqual(['0000000100-1.json']);
  });

  it('of a later attempt are not deleted by one that slept while it saved its own', async () => {
    await save(1);
    await save(2);
    const underlying = store;
    const slept = checkpointKey(trial, 300, 1);
    store = {
      ...underlying,
      put: async (key, body, condition) => {
        const written = await underlying.put(key, body, condition);
        if (key === slept) {
          await newTerm();
          await save(4, 2);
          await save(5, 2);
        }
        return written;
      },
    };
    await expect(save(3, 1)).rejects.toThrow(LeaseLostError);
    store = underlying;
    expect(await manifests()).toEqual(['0000000400-2.json', '0000000500-2.json']);
    const { checkpoint, damaged } = await newestIntactCheckpoint(store, trial);
    expect(checkpoint?.manifest).toMatchObject({ step: 500, term: 2 });
    expect(damaged).toEqual([]);
  });

  it('are not saved with values that could not be read back', async () => {
    const epochs = [{ line: { ...exampleLine(1), val_loss: Number.NaN }, hits: null }];
    const content = { ...contentOf(1, { predictions: Buffer.from('p') }), epochs };
    await expect(saveCheckpoint(store, trial, 1, content)).rejects.toThrow(/rest\[0\].line.val_loss/);
    expect(await manifests()).toEqual([]);
  });

  describe('if the newest one is damaged', () => {
    let older: CheckpointManifest;
    let newer: CheckpointManifest;
    beforeEach(async () => {
      older = await save(1);
      newer = await save(2);
    });

    const newestKey = checkpointKey(trial, 200, 1);
    const damages: [string, () => Promise<string>][] = [
      ...(['weights', 'optimizer'] as const).flatMap((part): [string, () => Promise<string>][] => [
        [`${part} missing`, () => removeBlob(newer[part].sha256)],
        [`a bit of ${part} flipped`, () => flipBlob(newer[part].sha256)],
      ]),
      ['predictions missing', () => removeBlob(newer.best?.predictions.sha256 ?? '')],
      ['a bit of the predictions flipped', () => flipBlob(newer.best?.predictions.sha256 ?? '')],
      ['the manifest cut off', () => rewrite((text) => text.slice(0, text.length / 2))],
      ['an empty manifest', () => rewrite(() => '')],
      ['an unknown key in the manifest', () => rewrite((text) => text.replace('{', '{"extra":1,'))],
      ['a manifest of another step', () => rewrite((text) => text.replace('"step":200', '"step":300'))],
      [
        'a manifest of another trial',
        () => rewrite((text) => text.replace(`"trialKey":"${trial}"`, `"trialKey":"${'0'.repeat(64)}"`)),
      ],
    ];
    async function removeBlob(sha256: string): Promise<string> {
      await store.delete(blobKey(sha256));
      return blobKey(sha256);
    }
    async function flipBlob(sha256: string): Promise<string> {
      await flipByte(blobKey(sha256));
      return blobKey(sha256);
    }
    async function rewrite(change: (text: string) => string): Promise<string> {
      await store.put(newestKey, Buffer.from(change(String((await store.get(newestKey))?.body))));
      return newestKey;
    }

    it.each(damages)('(%s), the previous one is used and the damage reported', async (_damage, inflict) => {
      const key = await inflict();
      const { checkpoint, damaged } = await newestIntactCheckpoint(store, trial);
      expect(checkpoint?.manifest).toEqual(older);
      expect(checkpoint?.weights.toString()).toBe('weights 1');
      expect(damaged.map((error) => error.key)).toEqual([key]);
    });

    it('training resumes from the previous one and replaces the damaged one', async () => {
      await flipByte(blobKey(newer.weights.sha256));
      await newTerm();
      const again = await save(2, 2);
      expect((await newestIntactCheckpoint(store, trial)).checkpoint?.manifest).toEqual(again);
      expect(await manifests()).toEqual(['0000000100-1.json', '0000000200-2.json']);
    });

    it('as well as the previous one, the trial starts over and its new checkpoint stays', async () => {
      await flipByte(blobKey(newer.weights.sha256));
      await store.delete(blobKey(older.optimizer.sha256));
      const found = await newestIntactCheckpoint(store, trial);
      expect(found.checkpoint).toBeUndefined();
      expect(found.damaged).toHaveLength(2);

      await newTerm();
      const again = await save(1, 2);
      const { checkpoint, damaged } = await newestIntactCheckpoint(store, trial);
      expect(checkpoint?.manifest).toEqual(again);
      expect(damaged).toEqual([]);
    });
  });

  it('are kept two at a time, with the best epoch and no other blobs', async () => {
    const best = await save(1);
    let last = best;
    for (const epoch of [2, 3, 4, 5]) last = await save(epoch, 1, last);
    expect(await manifests()).toEqual(['0000000400-1.json', '0000000500-1.json']);
    const kept = await Promise.all(
      (await keysBelow('blobs/')).map(async (key) => String((await store.get(key))?.body)),
    );
    expect(kept.sort()).toEqual([
      'optimizer 4',
      'optimizer 5',
      'predictions 1',
      'weights 1',
      'weights 4',
      'weights 5',
    ]);
  });

  const stored = async (text: string) => putBlob(store, Buffer.from(text));

  it('keep the blobs that the result names', async () => {
    const [weights, predictions] = [await stored('weights 1'), await stored('predictions 1')];
    await writeResult(store, exampleResult({ weights, predictions }));
    for (const epoch of [1, 2, 3, 4]) await save(epoch);
    expect(await manifests()).toEqual(['0000000300-1.json', '0000000400-1.json']);
    expect(String(await getBlob(store, weights))).toBe('weights 1');
    expect(String(await getBlob(store, predictions))).toBe('predictions 1');
    expect(await keysBelow('blobs/')).toHaveLength(8);
  });

  describe('of a trial with a result', () => {
    const texts = async () =>
      Promise.all((await keysBelow('blobs/')).map(async (key) => String((await store.get(key))?.body)));

    it('are deleted, and what the result names is kept', async () => {
      for (const epoch of [1, 2]) await save(epoch);
      const hits = await stored('hits');
      const result = { weights: await stored('weights 2'), predictions: await stored('predictions 2') };
      await writeResult(store, { ...exampleResult(result), hits });
      await deleteCheckpoints(store, trial, 1);
      expect(await manifests()).toEqual([]);
      expect((await texts()).sort()).toEqual(['hits', 'predictions 2', 'weights 2']);
    });

    it('stay if a later attempt owns them', async () => {
      await save(1);
      const result = { weights: await stored('weights 1'), predictions: await stored('predictions 1') };
      await writeResult(store, exampleResult(result));
      await newTerm();
      await deleteCheckpoints(store, trial, 1);
      expect(await manifests()).toEqual(['0000000100-1.json']);
      expect(await texts()).toContain('optimizer 1');
    });
  });
});

// --- helpers ---

function finished(epochs: number): FinishedEpoch[] {
  return Array.from({ length: epochs }, (_, index) => ({
    line: { ...exampleLine(index + 1), train_accuracy: 50, val_accuracy: 50 },
    hits: Buffer.from([index % 256, 255]),
  }));
}
