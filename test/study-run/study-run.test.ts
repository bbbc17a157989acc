import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { EXIT } from '../../client/command-line/exit-codes.ts';
import type { StudyView } from '../../client/observe/observe-study.ts';
import { datasetSource } from '../../client/start/dataset-source.ts';
import { startOrResume } from '../../client/start/start-study.ts';
import { countStoredResults, printStoredResults } from '../../client/start/stored-results.ts';
import { printOutcome } from '../../client/terminal/outcome.ts';
import { watchStudy } from '../../client/terminal/watch-study.ts';
import { setQuiet } from '../../infra/quiet.ts';
import { type BlobRef, getBlob } from '../../storage/blobs.ts';
import { getTestImages } from '../../storage/inputs/test-images.ts';
import {
  blobKey,
  datasetManifestKey,
  leaseKey,
  metricsKey,
  recordKey,
  reportKey,
  resultKey,
  stageRecordKey,
  studyKey,
  studyTestKey,
  testImagesKey,
  trainingImagesKey,
  trialConfigKey,
  trialLogKey,
} from '../../storage/keys.ts';
import { readRecord } from '../../storage/studies.ts';
import { readMetrics, readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import { winnerOf } from '../../study/plan/ranking.ts';
import type { StudyRecord } from '../../study/record/record.ts';
import { bestEpoch } from '../../study/trial/trial.ts';
import { canonicalJson, trialKey } from '../../study/trial/trial-key.ts';
import { decodePredictions } from '../../trainer/storing/predictions.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { stratifiedSubset } from '../../training/data/split.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { smallArchive } from '../activities/small-archive.ts';
import { type Bench, openBench } from '../activities/training-bench.ts';
import { watchedStore } from '../storage/watched-store.ts';
import { printing } from './printing.ts';

const EPOCHS = 4;
const TEST_IMAGES = 100;

const study: StudyInput = {
  name: 'tiny',
  title: 'A tiny study',
  base: { epochs: 20, dropout: 0.1 },
  stages: [
    {
      kind: 'compare',
      name: 'network',
      question: 'Dense or convolutional?',
      candidates: [
        { name: 'dense', change: { network: { kind: 'dense', hidden: [16] } } },
        {
          name: 'conv',
          change: {
            network: { kind: 'conv', convolutions: [{ filters: 4, kernel: 5, padding: 0 }], hidden: [16] },
          },
        },
      ],
    },
    {
      kind: 'compare',
      name: 'rate',
      question: 'Fast or slow?',
      from: 'network',
      candidates: [
        { name: '_slow', change: { learningRate: 0.005 } },
        { name: '_adadelta', change: { learningRate: 1, optimizer: { kind: 'adadelta' } } },
      ],
    },
    { kind: 'test', name: 'test', question: 'How good is it?', from: 'rate' },
  ],
  profiles: {
    tiny: { description: 'Seconds.', trainImages: 200, testImages: TEST_IMAGES, epochDivisor: 5 },
  },
};

/** Requests of workers and trainers to the store, and when trainers' jobs began and ended. */
const events: string[] = [];
let folder: string;
let archive: string;
let proxy: Awaited<ReturnType<typeof watchedStore>>;
let bench: Bench;
let first: Awaited<ReturnType<typeof run>>;
let record: StudyRecord;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'study-run-'));
  await writeFile(join(folder, 'small.tar.gz'), await smallArchive());
  // Real images if CIFAR10_ARCHIVE names an archive.
  const source = await datasetSource(
    process.env.CIFAR10_ARCHIVE || join(folder, 'small.tar.gz'),
    {},
    'cifar10',
  );
  archive = source.archive as string;
  bench = await openBench(async (store) => {
    proxy = await watchedStore(store, (method, key) => void events.push(`${method} ${key}`));
    return proxy.config;
  });
  bench.watch.beforeJob = async ({ kind }) => void events.push(`begin ${kind}`);
  bench.watch.afterJob = ({ kind }) => events.push(`end ${kind}`);
  first = await run('first');
  record = await recordOf('first');
});
afterAll(async () => {
  await bench.close();
  proxy.close();
  await rm(folder, { recursive: true });
});

describe('a study', () => {
  it('prints its progress, and at the end where to look at it', async () => {
    expect(first.view.workflowStatus).toBe('COMPLETED');
    const [network, rate] = record.stages;
    for (const line of [
      'A tiny study: first, profile tiny',
      'stage network: Dense or convolutional?',
      `stage network: winner ${network?.winner}, `,
      `stage rate: winner ${rate?.winner}, `,
      `test: ${record.test?.accuracy.toFixed(2)} % of ${TEST_IMAGES} images`,
    ]) {
      expect(first.printed).toContain(line);
    }
    expect(await endOf(first.view)).toEqual({
      code: EXIT.success,
      text: expect.stringMatching(
        new RegExp(
          `winner: +${rate?.winner}, .*\\ntest: .*\\ntraining: +4\\strials, .* at a time on average\\n.*report first\\n.*ui/namespaces/.*/workflows/first\\n.*TrialName.*\\n.*studies/first/record.json`,
        ),
      ),
    });
  });

  it('has a record of its input, every trial, the winners and the test', async () => {
    expect(record.opening).toMatchObject({
      studyId: 'first',
      study: parseStudy(study, 'tiny'),
      profile: 'tiny',
    });
    expect(record.opening.dataset.origin).toMatchObject({ source: archive });
    expect(record.stages.map(({ name, trials }) => [name, trials.map((trial) => trial.name)])).toEqual([
      ['network', ['dense', 'conv']],
      ['rate', [`${record.stages[0]?.winner}_slow`, `${record.stages[0]?.winner}_adadelta`]],
    ]);
    for (const { trials, winner: named } of record.stages) {
      expect(named).toBe(winnerOf(trials)?.name);
      for (const trial of trials) {
        expect(trial).toMatchObject({ status: 'trained', outcome: 'completed', reused: false });
        expect(trial.lines).toHaveLength(EPOCHS);
        expect(trial.score).toBe(bestEpoch(trial.lines)?.val_accuracy);
      }
    }
    expect(record.test).toMatchObject({
      stage: 'test',
      trial: record.stages[1]?.winner,
      images: TEST_IMAGES,
    });
  });

  it("starts a stage from the winner's configuration", () => {
    const [network, rate] = record.stages;
    const promoted = network?.trials.find(({ name }) => name === network.winner)?.config;
    expect(promoted).toMatchObject({ epochs: EPOCHS, dropout: 0.1, learningRate: 0.02 });
    const changed = rate?.trials.map(({ config }) => config);
    expect(changed).toEqual([
      { ...promoted, learningRate: 0.005 },
      { ...promoted, learningRate: 1, optimizer: { kind: 'adadelta' } },
    ]);
  });

  it('leaves intact in the store what its record and its trials name, and nothing else', async () => {
    const { dataset } = record.opening;
    const expected = [
      datasetManifestKey(dataset.sha256),
      trainingImagesKey(dataset.sha256),
      testImagesKey(dataset.sha256),
      ...[studyKey, recordKey].map((keyOf) => keyOf('first')),
      ...record.stages.map(({ name }) => stageRecordKey('first', name)),
      studyTestKey('first', record.test?.trialKey as string),
      trialLogKey(record.test?.trialKey as string, 'test'),
    ];
    const blobs: BlobRef[] = [record.test?.predictions as BlobRef];
    for (const result of await results()) {
      const { trialKey: key, spec, lines } = result;
      expect((await bench.store.get(trialConfigKey(key)))?.body.toString()).toBe(canonicalJson(spec));
      expect(trialKey(spec)).toBe(key);
      expect(await readMetrics(bench.store, key)).toEqual(lines);
      // Its checkpoints are gone.
      for (const ref of [result.weights, result.predictions, result.hits]) blobs.push(ref as BlobRef);
      expected.push(
        ...[trialConfigKey, leaseKey, resultKey].map((keyOf) => keyOf(key)),
        ...lines.map(({ epoch }) => metricsKey(key, epoch)),
        trialLogKey(key, 1),
      );
    }
    expected.push(...['index.html', 'record.json', 'epochs.csv'].map((file) => reportKey('first', file)));
    for (const ref of blobs) expect(await getBlob(bench.store, ref)).toHaveLength(ref.sizeBytes);
    expected.push(...new Set(blobs.map(({ sha256 }) => blobKey(sha256))));
    expect((await bench.store.list('')).map(({ key }) => key)).toEqual(expected.sort());
  });

  it('has the test accuracy of its stored predictions', async () => {
    const { dataset, study: parsed } = record.opening;
    const { labels } = unpackImages(await getTestImages(bench.store, dataset.sha256), 'test');
    const indices = stratifiedSubset(labels, TEST_IMAGES, parsed.splitSeed);
    const probabilities = decodePredictions(await getBlob(bench.store, record.test?.predictions as BlobRef));
    const confusion = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
    for (const [row, index] of indices.entries()) {
      const image = [...probabilities.subarray(row * 10, row * 10 + 10)];
      expect(image.reduce((sum, value) => sum + value)).toBeCloseTo(1, 4);
      const actual = confusion[labels[index] as number] as number[];
      actual[image.indexOf(Math.max(...image))]! += 1;
    }
    expect(record.test?.confusion).toEqual(confusion);
    const correct = confusion.reduce((sum, row, label) => sum + (row[label] as number), 0);
    expect(record.test?.accuracy).toBe((100 * correct) / TEST_IMAGES);
  });

  it('reads the test images once, in the final test', () => {
    const reads = events.filter((event) => event === `GET ${testImagesKey(record.opening.dataset.sha256)}`);
    expect(reads).toHaveLength(1);
    const at = events.indexOf(reads[0] as string);
    expect(events.indexOf('begin evaluateTest')).toBeLessThan(at);
    expect(events.indexOf('end evaluateTest')).toBeGreaterThan(at);
    expect(events.lastIndexOf('end train')).toBeLessThan(events.indexOf('begin evaluateTest'));
    // The events do include reads: those of the training images, for example.
    expect(events).toContain(`GET ${trainingImagesKey(record.opening.dataset.sha256)}`);
  });
});

it('the same study again trains nothing and has the same results', async () => {
  const before = await trialObjects();
  bench.jobs.length = 0;
  const again = await run('again');
  expect(bench.jobs.map(({ kind }) => kind)).toEqual(['evaluateTest']);
  expect(await trialObjects()).toEqual(before);
  expect(again.printed).toMatch(/ dense: \d+\.\d\d % \(epoch \d\), from the store\n/);

  const { stages, test } = await recordOf('again');
  expect(stages).toEqual(
    record.stages.map((stage) => ({
      ...stage,
      trials: stage.trials.map((trial) => ({ ...trial, reused: true })),
    })),
  );
  const { predictions: _, ...score } = record.test as NonNullable<StudyRecord['test']>;
  expect(test).toMatchObject(score);
});

it('says beforehand how many results the store has, through a search too', async () => {
  const searching: StudyInput = {
    ...study,
    stages: [
      ...study.stages.slice(0, 2),
      {
        kind: 'search',
        name: 'search',
        question: 'Which rate?',
        from: 'rate',
        evaluations: 2,
        space: { learningRate: { kind: 'uniform', low: 0.001, high: 0.1 } },
      },
      {
        kind: 'compare',
        name: 'dropout',
        question: 'Does more dropout help?',
        from: 'search',
        candidates: [{ name: '_dropout', change: { dropout: 0.3 } }],
      },
    ],
  };
  const request = requestOf({ study: searching });
  expect(await countStoredResults(bench.store, request)).toMatchObject({ stored: 4, trials: 7 });
  await run('searched', { study: searching });
  expect(await countStoredResults(bench.store, request)).toMatchObject({ stored: 7, trials: 7 });
  expect((await printing(() => printStoredResults(bench.store, request))).text).toBe(
    'The store has the results of 7 of 7 trials. Nothing is trained; to train them again: --retrain\n',
  );
  setQuiet(true);
  onTestFinished(() => setQuiet(false));
  expect((await printing(() => printStoredResults(bench.store, request))).text).toBe('');
  const otherSeed = requestOf({ study: { ...study, seed: 2 } });
  expect(await countStoredResults(bench.store, otherSeed)).toMatchObject({ stored: 0, trials: 4 });
});

it('retrained, a study trains every trial again, with the same results to the bit', async () => {
  bench.jobs.length = 0;
  const { view } = await run('retrained', { retrain: true });
  expect(bench.jobs.filter(({ kind }) => kind === 'train')).toHaveLength(4);
  const { stages } = await recordOf('retrained');
  for (const [index, { trials }] of stages.entries())
    for (const [place, trial] of trials.entries()) {
      const earlier = record.stages[index]?.trials[place];
      expect(trial).toMatchObject({
        repetition: 1,
        reused: false,
        score: earlier?.score,
        retrained: {
          earlier: earlier?.trialKey,
          sameWeights: true,
          firstDifferentEpoch: null,
          sameEnvironment: true,
        },
      });
    }
  expect((await endOf(view)).text).toMatch(/\nretrained: +4.trials, bit-identical to earlier results\n/);
  const page = (await bench.store.get(reportKey('retrained', 'index.html')))?.body.toString();
  expect(page).toMatch(/Trained again with <code>--retrain<\/code>: 4.trials, bit-identical/);
});

// --- helpers ---

interface RunOptions {
  study?: StudyInput;
  retrain?: true;
}

function requestOf({ study: input = study, retrain }: RunOptions = {}): StudyRequest {
  return {
    study: parseStudy(input, 'tiny'),
    profile: 'tiny',
    source: { archive },
    weights: { file: null },
    ...(retrain && { retrain }),
  };
}

/** Starts a study and watches it until it ends, as the command line does without a terminal. */
async function run(id: string, options: RunOptions = {}) {
  const { studyId } = await startOrResume(bench.client, requestOf(options), { id });
  const watching = () => watchStudy(bench.client, studyId, new AbortController().signal);
  const { value, text } = await printing(watching);
  return { view: value, printed: text };
}

async function endOf(view: StudyView) {
  const session = {
    client: bench.client,
    store: bench.store,
    uiUrl: 'http://ui',
    bucket: { ...inject('store'), consoleUrl: undefined },
    stack: undefined,
  };
  const { value, text } = await printing(() => printOutcome(session, view));
  return { code: value, text };
}

async function recordOf(studyId: string): Promise<StudyRecord> {
  const found = await readRecord(bench.store, studyId);
  if (!found) throw new Error(`expected a record of ${studyId}, found none`);
  return found;
}

async function results(): Promise<TrialResult[]> {
  const keys = record.stages.flatMap(({ trials }) => trials.map((trial) => trial.trialKey as string));
  const found = await Promise.all(keys.map((key) => readResult(bench.store, key)));
  return found.map((result, index) => {
    if (!result) throw new Error(`expected a result of trial ${keys[index]}, found none`);
    return result;
  });
}

/** The objects of all trials, except the log of the final test. */
async function trialObjects() {
  return (await bench.store.list('trials/')).filter(({ key }) => !key.endsWith('/log/test.txt'));
}
