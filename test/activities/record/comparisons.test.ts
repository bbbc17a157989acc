import { beforeEach, describe, expect, it } from 'vitest';
import { createOpenStudy } from '../../../activities/open-study.ts';
import { createWriteRecord } from '../../../activities/write-record.ts';
import { createWriteStage, type EndedStage } from '../../../activities/write-stage.ts';
import { putBlob } from '../../../storage/blobs.ts';
import { resultKey } from '../../../storage/keys.ts';
import { createMemoryStore } from '../../../storage/memory-store.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { readRecord, readStageRecord, writeStudyTest } from '../../../storage/studies.ts';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import type { TrialStanding } from '../../../study/record/record.ts';
import { trialKey } from '../../../study/trial/trial-key.ts';
import { encodeHits } from '../../../trainer/storing/hits.ts';
import { exampleLine, exampleResult, exampleSpec } from '../../storage/examples.ts';
import { largerStudy } from '../../workflows/small-study.ts';
import { trainedRun } from './trained-run.ts';

const IMAGES = 200;
const study = parseStudy(largerStudy, 'larger');

let store: ObjectStore;
beforeEach(async () => {
  store = createMemoryStore();
  const origin = { kind: 'generated' as const };
  await createOpenStudy({ store, objectsUrl: null })({
    studyId: 'mine',
    study,
    profile: 'tiny',
    dataset: { sha256: 'd'.repeat(64), trainImages: 1000, testImages: 100, origin },
    weights: null,
    fromScratch: false,
  });
});

describe('the record of a stage', () => {
  it('compares the winner with each other candidate, seed by seed', async () => {
    const standings = [
      ...(await runsOf('narrow', 60, 61, 62)),
      ...(await runsOf('wide', 70, 71.5, 72)),
      ...(await runsOf('deep', 69, 72, 71)),
    ];
    const { verdict } = await write(stage('width', 'compare', standings, 'wide'));
    expect(verdict).toMatchObject({ kind: 'not told apart', rivals: 2, closest: { name: 'deep', seeds: 3 } });
    const record = await readStageRecord(store, 'mine', 'width');
    expect(record?.verdict?.leads.map(({ name, kind }) => [name, kind])).toEqual([
      ['deep', 'not told apart'],
      ['narrow', 'clear'],
    ]);
    // Of the first seed: the best epoch is the second, in which 20 images more are right.
    expect(record?.verdict?.leads[1]?.onImages).toMatchObject({
      images: IMAGES,
      onlyWinner: 20,
      onlyRival: 0,
    });
  });

  it('compares single runs by their images, unless an earlier version has stored one', async () => {
    const narrow = await runsOf('narrow', 60);
    const wide = await runsOf('wide', 70);
    expect((await write(stage('width', 'compare', [...narrow, ...wide], 'wide'))).verdict).toMatchObject({
      kind: 'runs differ',
      closest: { seeds: 1, paired: null },
    });
    const old = await runsOf('old', 62);
    await storeResult('old', 1, 62, { withHits: false });
    expect((await write(stage('width', 'compare', [...old, ...wide], 'wide'))).verdict).toMatchObject({
      kind: 'not told apart',
      closest: { p: null, onImages: null },
    });
  });

  it('has no verdict of a stage with one candidate, and none of side experiments', async () => {
    const wide = await runsOf('wide', 70);
    expect((await write(stage('width', 'compare', wide, 'wide'))).verdict).toBeNull();
    await write(stage('again', 'repeat', wide, null));
    expect(await readStageRecord(store, 'mine', 'again')).not.toHaveProperty('verdict');
  });

  it('says what a variant changes, beside the ordinary runs with the same seed', async () => {
    const ordinary = await runsOf('wide', 70, 71);
    const changed = (await runsOf('wide_leakage', 71, 72.5)).map((run, index) => ({
      ...run,
      of: ordinary[index]!.name,
    }));
    await write({ ...stage('leakage', 'variant', changed, null), ordinary });
    expect((await readStageRecord(store, 'mine', 'leakage'))?.changes).toMatchObject({
      pairs: [{ name: 'wide_leakage', of: 'wide', seeds: 2, difference: 1.25 }],
      overall: { seeds: 2, mean: 1.25 },
    });
  });
});

describe('the record of a test', () => {
  it('has each run of the winner, their mean, and what choosing has added', async () => {
    const start = await runsOf('wide', 70);
    const rate = [{ ...start[0]!, takenOver: true }, ...(await runsOf('wide_fast', 72, 73))];
    const search = [
      { ...rate[1]!, takenOver: true },
      { ...rate[2]!, takenOver: true },
    ];
    await write(stage('width', 'compare', [...start, ...(await runsOf('narrow', 20))], 'wide'));
    await write(stage('rate', 'compare', rate, 'wide_fast'));
    await write(stage('search', 'search', search, 'wide_fast'));
    await write(stage('dropout', 'compare', search, 'wide_fast'));
    const tested = [rate[1]!.trialKey!, rate[2]!.trialKey!];
    await storeTest(tested[0]!, 60);
    await storeTest(tested[1]!, 64);
    await createWriteRecord({ store })({
      studyId: 'mine',
      stages: ['width', 'rate', 'search', 'dropout'],
      tested,
    });
    const test = (await readRecord(store, 'mine'))?.test;
    expect(test).toMatchObject({
      trial: 'wide_fast',
      accuracy: 60,
      runs: [
        { trial: 'wide_fast', seed: 1, accuracy: 60 },
        { trial: 'wide_fast@2', seed: 2, accuracy: 64 },
      ],
      mean: { accuracy: 62 },
      // Of the stages that rank their start: `wide`, and the two runs of `wide_fast`. The stage `width` itself begins anew.
      optimism: { candidates: 3, runs: 4, epochs: 8, images: IMAGES },
    });
    expect(test).not.toHaveProperty('supersedes');
    expect(test?.mean?.deviation).toBeCloseTo(2 * Math.SQRT2, 10);
    expect(test?.mean?.interval.low).toBeCloseTo(52.2, 1);
    expect(Math.abs(test!.optimism!.points)).toBeLessThan(2);
  });

  it('does not estimate what choosing has added without all hits', async () => {
    const wide = await runsOf('wide', 70);
    await storeResult('wide', 1, 70, { withHits: false });
    await write(stage('dropout', 'compare', wide, 'wide'));
    await storeTest(wide[0]!.trialKey!, 60);
    const tested = [wide[0]!.trialKey!];
    await createWriteRecord({ store })({ studyId: 'mine', stages: ['dropout'], tested });
    expect((await readRecord(store, 'mine'))?.test).toMatchObject({
      optimism: null,
      mean: { deviation: null },
    });
  });
});

// --- helpers ---

function write(ended: EndedStage) {
  return createWriteStage({ store })({ studyId: 'mine', stage: ended });
}

function stage(
  name: string,
  kind: EndedStage['kind'],
  standings: TrialStanding[],
  winner: string | null,
): EndedStage {
  return { name, kind, start: null, standings, winner };
}

/** Stores the results of a candidate's runs, with the seeds 1, 2 and so on. */
async function runsOf(candidate: string, ...scores: number[]): Promise<TrialStanding[]> {
  return Promise.all(
    scores.map(async (score, index) => {
      const trialKey = await storeResult(candidate, index + 1, score);
      return trainedRun(candidate, index, { trialKey, score, bestEpoch: 2 });
    }),
  );
}

/** A result of two epochs. In the second, the first `score` percent of the images are right; in the first, half of them. */
async function storeResult(
  candidate: string,
  seed: number,
  score: number,
  { withHits = true } = {},
): Promise<string> {
  const example = exampleSpec(seed);
  // A rate of its own for each candidate.
  const config = { ...example.config, learningRate: (1 + numberOf(candidate)) / 1000 };
  const spec = { ...example, config, data: { ...example.data, trainImages: 1000 } };
  const key = trialKey(spec);
  const right = Math.round((score * IMAGES) / 100);
  const epochs = [Math.floor(right / 2), right].map((count, index) => ({
    line: { ...exampleLine(index + 1), val_accuracy: (100 * count) / IMAGES },
    hits: packed(count),
  }));
  const blob = await putBlob(store, Buffer.from('weights'));
  const hits = withHits ? await putBlob(store, encodeHits(epochs, { trial: key })!) : null;
  const result = {
    ...exampleResult({ weights: blob, predictions: blob }),
    trialKey: key,
    spec,
    score,
    bestEpoch: 2,
    lines: epochs.map(({ line }) => line),
    hits,
  };
  await store.put(resultKey(key), Buffer.from(JSON.stringify(result)));
  return key;
}

function numberOf(text: string): number {
  return [...text].reduce((sum, character) => (31 * sum + character.charCodeAt(0)) % 997, 0);
}

function packed(right: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(IMAGES / 8));
  for (let image = 0; image < right; image++) bits[image >> 3]! |= 0x80 >> (image & 7);
  return bits;
}

async function storeTest(key: string, accuracy: number): Promise<void> {
  await writeStudyTest(store, 'mine', {
    format: 1,
    trialKey: key,
    images: 100,
    accuracy,
    loss: 1.2,
    confusion: [[100]],
    predictions: { sha256: 'e'.repeat(64), sizeBytes: 4000 },
  });
}
