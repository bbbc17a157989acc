import { beforeEach, describe, expect, it } from 'vitest';
import { createOpenStudy } from '../../../activities/open-study.ts';
import { createWriteRecord } from '../../../activities/write-record.ts';
import { createWriteStage } from '../../../activities/write-stage.ts';
import { putBlob } from '../../../storage/blobs.ts';
import { resultKey } from '../../../storage/keys.ts';
import { createMemoryStore } from '../../../storage/memory-store.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { readRecord, readStageRecord, writeStudyTest } from '../../../storage/studies.ts';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import type { TrialStanding } from '../../../study/record/record.ts';
import type { OtherMeasure } from '../../../study/trial/measure.ts';
import { trialKey } from '../../../study/trial/trial-key.ts';
import { encodeHits } from '../../../trainer/storing/hits.ts';
import { exampleLine, exampleResult, exampleSpec } from '../../storage/examples.ts';
import { largerStudy } from '../../workflows/small-study.ts';
import { trainedRun } from './trained-run.ts';

let store: ObjectStore;
beforeEach(() => {
  store = createMemoryStore();
});

describe('the record of a stage', () => {
  it('has a lead of more than 0 for the lowest loss', async () => {
    await open('loss');
    const standings = [
      ...(await runsOf('high', 'loss', 0.5, 0.51, 0.52)),
      ...(await runsOf('low', 'loss', 0.4, 0.42, 0.41)),
    ];
    const { verdict } = await write('compare', standings, 'low');
    expect(verdict).toMatchObject({
      kind: 'clear',
      measure: 'loss',
      closest: { name: 'high', seeds: 3, paired: { seeds: 3 } },
    });
    expect(verdict?.closest.difference).toBeCloseTo(0.1, 10);
    const record = await readStageRecord(store, 'mine', 'width');
    expect(record).toMatchObject({ winner: 'low', verdict: { measure: 'loss' } });
    expect(record?.trials[0]).toMatchObject({ score: 0.5, measure: 'loss' });
  });

  it('does not compare single runs, although the store has their hits', async () => {
    await open('macro F1');
    const standings = [
      ...(await runsOf('weak', 'macro F1', 20)),
      ...(await runsOf('strong', 'macro F1', 90)),
    ];
    const { verdict } = await write('compare', standings, 'strong');
    expect(verdict).toMatchObject({
      kind: 'not told apart',
      measure: 'macro F1',
      seedsToTell: null,
      closest: { difference: 70, p: null, onImages: null },
    });
  });

  it('says what a variant does to the loss, less than 0 if it falls', async () => {
    await open('loss');
    const ordinary = await runsOf('wide', 'loss', 0.5, 0.6);
    const changed = (await runsOf('wide_dropout', 'loss', 0.4, 0.5)).map((run, index) => ({
      ...run,
      of: ordinary[index]!.name,
    }));
    await write('variant', changed, null, ordinary);
    const { changes } = (await readStageRecord(store, 'mine', 'width')) ?? {};
    expect(changes?.measure).toBe('loss');
    expect(changes?.pairs[0]?.difference).toBeCloseTo(-0.1, 10);
  });
});

describe('the record of a test', () => {
  const confusion = [
    [50, 10],
    [10, 30],
  ];

  it.each<[OtherMeasure, number, [low: number, high: number] | undefined]>([
    // Of the F1 scores 83.33 and 75.
    ['macro F1', 79.17, [70.5, 87.2]],
    ['balanced accuracy', 79.17, [70.7, 87.2]],
    // Wilson's.
    ['top-5', 80, [71.1, 86.7]],
    ['loss', 0.6, undefined],
  ])('has the %s of each run with its interval, and their mean', async (measure, score, interval) => {
    await open(measure);
    const runs = await runsOf('wide', measure, score, score);
    await write('compare', runs, 'wide');
    for (const { trialKey: key } of runs) await storeTest(key!, measure, score);
    const tested = runs.map(({ trialKey: key }) => key!);
    await createWriteRecord({ store })({ studyId: 'mine', stages: ['width'], tested });
    const test = (await readRecord(store, 'mine'))?.test;
    expect(test).toMatchObject({
      measure,
      score,
      accuracy: 80,
      // Hits are about accuracy.
      optimism: null,
      mean: { accuracy: 80, scoreDeviation: 0 },
    });
    expect(test?.mean?.score).toBeCloseTo(score, 10);
    const [first] = test?.runs ?? [];
    expect(first).toMatchObject({ score });
    if (!interval) return expect(first).not.toHaveProperty('scoreInterval');
    expect(first?.scoreInterval?.low).toBeCloseTo(interval[0], -0.3);
    expect(first?.scoreInterval?.high).toBeCloseTo(interval[1], -0.3);
  });

  async function storeTest(key: string, measure: OtherMeasure, score: number): Promise<void> {
    await writeStudyTest(store, 'mine', {
      format: 1,
      trialKey: key,
      images: 100,
      accuracy: 80,
      loss: 0.6,
      measure,
      score,
      confusion,
      predictions: { sha256: 'e'.repeat(64), sizeBytes: 4000 },
    });
  }
});

// --- helpers ---

async function open(rankBy: OtherMeasure): Promise<void> {
  await createOpenStudy({ store, objectsUrl: null })({
    studyId: 'mine',
    study: parseStudy({ ...largerStudy, rankBy }, 'larger'),
    profile: 'tiny',
    dataset: {
      sha256: 'd'.repeat(64),
      trainImages: 1000,
      testImages: 100,
      origin: { kind: 'generated' },
    },
    weights: null,
    fromScratch: false,
  });
}

function write(
  kind: 'compare' | 'variant',
  standings: TrialStanding[],
  winner: string | null,
  ordinary?: TrialStanding[],
) {
  const stage = { name: 'width', kind, start: null, standings, winner, ...(ordinary && { ordinary }) };
  return createWriteStage({ store })({ studyId: 'mine', stage });
}

/** Stores the results of a candidate's runs, with the seeds 1, 2 and so on; half of their images are right. */
async function runsOf(
  candidate: string,
  measure: OtherMeasure,
  ...scores: number[]
): Promise<TrialStanding[]> {
  return Promise.all(
    scores.map(async (score, index) => {
      const trialKey = await storeResult(candidate, index + 1, measure, score);
      return trainedRun(candidate, index, { trialKey, score, bestEpoch: 1, measure });
    }),
  );
}

async function storeResult(
  candidate: string,
  seed: number,
  rankBy: OtherMeasure,
  score: number,
): Promise<string> {
  const example = exampleSpec(seed);
  // A rate of its own for each candidate.
  const config = { ...example.config, learningRate: candidate.length / 1000 };
  const spec = { ...example, config, rankBy };
  const key = trialKey(spec);
  const line = { ...exampleLine(1), val_accuracy: 50 };
  const hits = encodeHits([{ line, hits: Uint8Array.of(0xf0) }], { trial: key }) as Uint8Array;
  const blob = await putBlob(store, Buffer.from('weights'));
  const result = {
    ...exampleResult({ weights: blob, predictions: blob }),
    trialKey: key,
    spec,
    score,
    bestEpoch: 1,
    lines: [line],
    hits: await putBlob(store, hits),
  };
  await store.put(resultKey(key), Buffer.from(JSON.stringify(result)));
  return key;
}
