import { beforeEach, expect, it } from 'vitest';
import { createCompareRepetitions, createFindRepetition } from '../../activities/retrain.ts';
import { putBlob } from '../../storage/blobs.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { type TrialResult, writeResult } from '../../storage/trials/trials.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { exampleLine, exampleResult, exampleSpec } from '../storage/examples.ts';
import { takeLease } from '../storage/leases.ts';

let store: ObjectStore;
beforeEach(() => {
  store = createMemoryStore();
});

it('finds the first repetition without a result, and the one before it', async () => {
  const find = createFindRepetition({ store });
  const spec = exampleSpec();
  expect(await find({ spec })).toEqual({ repetition: 0, earlier: null });
  const [first, second] = [await stored(0), await stored(1)];
  expect(await find({ spec })).toEqual({ repetition: 2, earlier: second });
  expect(await find({ spec: { ...spec, repetition: 2 } })).toEqual({ repetition: 2, earlier: null });
  expect(first).not.toBe(second);
});

it.each<[string, Partial<TrialResult>, object]>([
  ['equal', {}, { sameWeights: true, firstDifferentEpoch: null, sameEnvironment: true }],
  [
    'equal except for the seconds',
    { lines: [1, 2, 3].map((epoch) => ({ ...exampleLine(epoch), seconds: 9 })) },
    { sameWeights: true, firstDifferentEpoch: null },
  ],
  ['other weights', { tensorsSha256: 'f'.repeat(64) }, { sameWeights: false, firstDifferentEpoch: null }],
  [
    'another loss',
    { lines: [exampleLine(1), { ...exampleLine(2), val_loss: 2.1 / 2 + Number.EPSILON }, exampleLine(3)] },
    { sameWeights: true, firstDifferentEpoch: 2 },
  ],
  ['fewer epochs', { lines: [exampleLine(1)] }, { firstDifferentEpoch: 2 }],
  ['unknown weights', { tensorsSha256: null }, { sameWeights: null }],
  ['another device', { environment: { tensorflow: '2.21.0' } }, { sameEnvironment: false }],
  [
    'a first part on another device',
    { earlierEnvironments: [{ untilStep: 1, values: { tensorflow: '2.20.0' } }] },
    { sameEnvironment: false },
  ],
])('compares two repetitions: %s', async (_what, change, expected) => {
  const earlier = await stored(0);
  const compare = createCompareRepetitions({ store });
  const compared = await compare({ trialKey: await stored(1, change), earlier });
  expect(compared).toMatchObject({ earlier, ...expected });
});

// --- helpers ---

/** Stores a result of the example trial, and returns its key. */
async function stored(repetition: number, change: Partial<TrialResult> = {}): Promise<string> {
  const spec = { ...exampleSpec(), repetition };
  const key = trialKey(spec);
  const blob = await putBlob(store, Buffer.from('weights'));
  await takeLease(store, key);
  const result = exampleResult({ weights: blob, predictions: blob });
  await writeResult(store, { ...result, spec, trialKey: key, ...change });
  return key;
}
