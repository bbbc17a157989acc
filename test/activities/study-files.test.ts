import { beforeEach, expect, it } from 'vitest';
import { createEvaluateTest } from '../../activities/evaluate-test.ts';
import { createOpenStudy } from '../../activities/open-study.ts';
import { TrainingBudget } from '../../activities/training-budget.ts';
import { createWriteRecord } from '../../activities/write-record.ts';
import { createWriteStage } from '../../activities/write-stage.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { readRecord, readStudy, writeStudyTest } from '../../storage/studies.ts';
import type { StudyTest } from '../../study/record/record.ts';
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
    message: 'no such layer',
  };
  const stage = {
    name: 'width',
    kind: 'compare' as const,
    start: null,
    standings: [skipped],
    winner: 'narrow',
  };
  await createWriteStage({ store })({ studyId: 'mine', stage });
  await createWriteRecord({ store })({ studyId: 'mine', stages: ['width'], tested: [] });
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

it('a trial is tested once, and a record says which tests of other trials its test replaces', async () => {
  const [first, second] = [exampleSpec(2), exampleSpec(3)].map(trialKey) as [string, string];
  await createOpenStudy({ store, objectsUrl: null })(opening);
  await writeStudyTest(store, 'mine', testOf(first, 55));
  const evaluateTest = createEvaluateTest({
    store,
    startTrainer: async () => {
      throw new Error('no trainer may start');
    },
    budget: new TrainingBudget({ cores: 1, memoryBytes: 1e9 }),
  });
  const tested = (key: string) => evaluateTest({ studyId: 'mine', trialKey: key, testImages: 100 });
  const write = createWriteRecord({ store });
  expect(await tested(first)).toEqual({ status: 'tested', score: { images: 100, accuracy: 55, loss: 1.2 } });
  await write({ studyId: 'mine', stages: [], tested: [first] });
  expect((await readRecord(store, 'mine'))?.test).not.toHaveProperty('supersedes');

  // The study was reset, and another trial has won.
  await writeStudyTest(store, 'mine', testOf(second, 60));
  expect(await tested(second)).toMatchObject({ score: { accuracy: 60 } });
  await write({ studyId: 'mine', stages: [], tested: [second] });
  expect((await readRecord(store, 'mine'))?.test).toMatchObject({
    trialKey: second,
    accuracy: 60,
    supersedes: [{ trialKey: first, images: 100, accuracy: 55, loss: 1.2 }],
  });
});

// --- helpers ---

function testOf(key: string, accuracy: number): StudyTest {
  return {
    format: 1,
    trialKey: key,
    images: 100,
    accuracy,
    loss: 1.2,
    confusion: [[100]],
    predictions: { sha256: 'e'.repeat(64), sizeBytes: 4000 },
  };
}
