import { beforeEach, expect, it } from 'vitest';
import { createEvaluateTest } from '../../activities/evaluate-test.ts';
import { createOpenStudy } from '../../activities/open-study.ts';
import { TrainingBudget } from '../../activities/training-budget.ts';
import { createWriteRecord } from '../../activities/write-record.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { readRecord, readStudy, writeStudyTest } from '../../storage/studies.ts';
import { NUMERICS } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { exampleSpec } from '../storage/examples.ts';
import { smallRequest } from '../workflows/small-study.ts';

const opening = {
  studyId: 'mine',
  study: smallRequest().study,
  profile: 'tiny',
  dataset: {
    sha256: 'd'.repeat(64),
    trainImages: 200,
    testImages: 100,
    origin: { kind: 'generated' as const },
  },
  weights: null,
  fromScratch: false,
};

let store: ObjectStore;
beforeEach(() => {
  store = createMemoryStore();
});

it('a study is opened once: a retry changes neither its start nor its numerics', async () => {
  const open = createOpenStudy({ store, objectsUrl: null });
  expect(await open(opening)).toEqual({ numerics: NUMERICS, objectsUrl: null });
  const opened = await readStudy(store, 'mine');
  expect(opened).toMatchObject(opening);
  expect(await open(opening)).toEqual({ numerics: NUMERICS, objectsUrl: null });
  expect(await readStudy(store, 'mine')).toEqual(opened);
});

it.each([
  ['profile', { profile: 'another' }],
  ['data set', { dataset: { ...opening.dataset, sha256: 'e'.repeat(64) } }],
  ['definition', { study: { ...opening.study, seed: opening.study.seed + 1 } }],
])('a study is not opened again with another %s', async (what, change) => {
  const open = createOpenStudy({ store, objectsUrl: null });
  await open(opening);
  await expect(open({ ...opening, ...change })).rejects.toMatchObject({
    nonRetryable: true,
    message: expect.stringContaining(
      `study mine: expected what this id was first started with, got another ${what}; start it`,
    ),
  });
});

it('a record includes skipped trials, and needs no test', async () => {
  await createOpenStudy({ store, objectsUrl: null })(opening);
  const skipped = {
    name: 'wide',
    trialKey: null,
    status: 'skipped' as const,
    outcome: null,
    score: null,
    bestEpoch: null,
    reused: false,
    takenOver: false,
    of: null,
    suggestion: null,
    override: null,
    message: null,
  };
  const stages = [
    { name: 'width', kind: 'compare' as const, start: null, standings: [skipped], winner: 'narrow' },
  ];
  await createWriteRecord({ store })({ studyId: 'mine', stages });
  const record = await readRecord(store, 'mine');
  expect(record).toMatchObject({ opening, test: null });
  expect(record?.stages).toMatchObject([
    {
      name: 'width',
      question: 'Wide or narrow?',
      winner: 'narrow',
      trials: [{ ...skipped, config: null, lines: [] }],
    },
  ]);
});

it('a study is tested once, for one trial', async () => {
  const tested = trialKey(exampleSpec());
  const score = { images: 100, accuracy: 55, loss: 1.2 };
  await writeStudyTest(store, 'mine', {
    format: 1,
    trialKey: tested,
    ...score,
    confusion: [[100]],
    predictions: { sha256: 'e'.repeat(64), sizeBytes: 4000 },
  });
  const evaluateTest = createEvaluateTest({
    store,
    startTrainer: async () => {
      throw new Error('no trainer may start');
    },
    budget: new TrainingBudget({ cores: 1, memoryBytes: 1e9 }),
  });
  expect(await evaluateTest({ studyId: 'mine', trialKey: tested, testImages: 100 })).toEqual(score);
  const other = { studyId: 'mine', trialKey: trialKey(exampleSpec(2)), testImages: 100 };
  await expect(evaluateTest(other)).rejects.toThrow(
    /final test of mine: expected the result of trial [0-9a-f]{64}, the store holds [0-9a-f]{64}'s/,
  );
});
