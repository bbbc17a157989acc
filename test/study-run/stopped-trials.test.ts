import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, inject, it, onTestFinished, vi } from 'vitest';
import { viewStudy } from '../../client/observe/observe-study.ts';
import { checkpointsPrefix, trialLogKey } from '../../storage/keys.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import { readRecord } from '../../storage/studies.ts';
import { readResult } from '../../storage/trials/trials.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import type { AnyJob } from '../../trainer/protocol.ts';
import { smallArchive } from '../activities/small-archive.ts';
import { type Bench, openBench } from '../activities/training-bench.ts';
import {
  exitCode,
  expectExits,
  lastPrinted,
  studyFile,
  useCommands,
} from '../client/command-line/commands.ts';
import { agedStore } from '../storage/aged-store.ts';

const DAYS_MS = 30 * 86_400_000;
/** After which two of three trials are stopped. */
const RUNG = 1;

const search: StudyInput['stages'][number] = {
  kind: 'search',
  name: 'search',
  question: 'Which rate?',
  from: 'width',
  evaluations: 3,
  space: { learningRate: { kind: 'loguniform', low: 0.005, high: 0.1 } },
};
const study: StudyInput = {
  name: 'stopping',
  title: 'A study that stops trials early',
  base: { epochs: 4, dropout: 0.1 },
  stages: [
    {
      kind: 'compare',
      name: 'width',
      question: 'How wide?',
      candidates: [{ name: 'small', change: { network: { kind: 'dense', hidden: [16] } } }],
    },
    { ...search, stopping: { kind: 'halving', first: RUNG, factor: 3 } },
    { kind: 'test', name: 'test', question: 'How good is it?', from: 'search' },
  ],
  profiles: { tiny: { description: 'Seconds.', trainImages: 200, testImages: 100, epochDivisor: 1 } },
};
/** The same trials, which nothing stops. */
const whole: StudyInput = { ...study, name: 'whole', stages: [study.stages[0]!, search, study.stages[2]!] };

const commands = useCommands();
let bench: Bench;
let store: StoreConfig;
let archive: string;
beforeAll(async () => {
  bench = await openBench(async (address) => {
    store = address;
    return address;
  });
  archive = commands.pathOf('small.tar.gz');
  await writeFile(archive, await smallArchive());
});
beforeEach(() => {
  const { namespace } = bench.client.options;
  vi.stubEnv('TEMPORAL_ADDRESS', inject('temporalAddress'));
  vi.stubEnv('TEMPORAL_NAMESPACE', namespace);
  useStore(store);
});
afterAll(() => bench.close());

it('a stopped trial outlives gc, and is trained to its end by retry, or by another study: the same as one that nothing stopped', async () => {
  const best = held((job) => isSearched(job) && bench.jobs.filter(isSearched).length === 4);
  const test = held(({ kind }) => kind === 'evaluateTest');
  onTestFinished(best.release);
  onTestFinished(test.release);
  bench.watch.beforeJob = async (job) => {
    await best.wait(job);
    await test.wait(job);
  };
  expect(await exitCode(`start ${await studyFile(study)} --id stops --dataset ${archive} --quiet`)).toBe(0);
  await expect.poll(stopped).toHaveLength(2);
  const [first, second] = (await stopped()) as [Stopped, Stopped];

  await gcAfterDays();
  expect(await checkpoints(first)).not.toEqual([]);
  await expectExits([
    [`show stops ${first.name}`, 0, /of stops: stopped at epoch 1 with .*\n1 of 4.epochs ended:\n/s],
    [`retry stops ${first.name} --set batchSize=8`, 2, /^--set: a trial that was stopped early goes on with/],
    [`retry stops search/${first.name}`, 0, new RegExp(`^${first.name}: trained to its end\n$`)],
  ]);
  await expect.poll(() => readResult(bench.store, first.trialKey)).toBeDefined();
  await expect.poll(() => logOf(first, 2)).toContain(`continuing after epoch ${RUNG}`);
  best.release();
  await expect.poll(() => bench.jobs.some(({ kind }) => kind === 'evaluateTest')).toBe(true);
  await expectExits([
    [
      `retry stops ${second.name}`,
      1,
      /expected a trial of a stage that runs, got ".*", which search has stopped early; a study that wants the whole trial trains the rest of it\n$/,
    ],
  ]);
  test.release();
  await expectExits([
    ['watch stops', 0, /winner: /],
    [`retry stops ${second.name}`, 1, /^stops: nothing needs attention: the study is completed\n$/],
  ]);
  const trials = (await readRecord(bench.store, 'stops'))?.stages[1]?.trials ?? [];
  expect(
    trials.map(({ name, status }) => [name, status]).filter(([, status]) => status === 'stopped'),
  ).toEqual([[second.name, 'stopped']]);

  await gcAfterDays();
  expect(await checkpoints(second)).not.toEqual([]);
  bench.jobs.length = 0;
  const file = await studyFile(whole);
  expect(await exitCode(`run ${file} --id whole --dataset ${archive}`)).toBe(0);
  // The rest of it is all that is left to train.
  expect(bench.jobs.filter(({ kind }) => kind === 'train')).toHaveLength(1);
  expect(await logOf(second, 2)).toContain(`continuing after epoch ${RUNG}`);

  expect(await exitCode(`run ${file} --id again --retrain --dataset ${archive}`)).toBe(0);
  const again = (await readRecord(bench.store, 'again'))?.stages[1]?.trials.filter((each) => !each.takenOver);
  expect(again?.map(({ name }) => name).sort()).toEqual(
    trials.flatMap(({ name, takenOver }) => (takenOver ? [] : [name])).sort(),
  );
  for (const { retrained } of again ?? [])
    expect(retrained).toMatchObject({ sameWeights: true, firstDifferentEpoch: null });
  expect(lastPrinted()).toMatch(/retrained: .*bit-identical/);
});

// --- helpers ---

interface Stopped {
  name: string;
  trialKey: string;
}

/** The trials of the search that are stopped now. */
async function stopped(): Promise<Stopped[]> {
  const { stages } = await viewStudy(bench.client, 'stops');
  const trials = stages.find(({ name }) => name === 'search')?.trials ?? [];
  return trials.flatMap(({ name, standing }) =>
    standing?.status === 'stopped' && standing.trialKey ? [{ name, trialKey: standing.trialKey }] : [],
  );
}

function isSearched(job: AnyJob): boolean {
  return job.kind === 'train' && job.rungs !== undefined;
}

/** Holds the first job for which `isMeant` until it is released. */
function held(isMeant: (job: AnyJob) => boolean) {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = false;
  return {
    release: () => release(),
    async wait(job: AnyJob): Promise<void> {
      if (isHeld || !isMeant(job)) return;
      isHeld = true;
      await released;
    },
  };
}

/** Runs `gc` as if everything had been in the store for a month. */
async function gcAfterDays(): Promise<void> {
  const aged = await agedStore(store, DAYS_MS);
  useStore(aged.config);
  expect({ code: await exitCode('gc'), printed: lastPrinted() }).toMatchObject({ code: 0 });
  useStore(store);
  aged.close();
}

function useStore({ endpoint, accessKey, secretKey, bucket }: StoreConfig): void {
  vi.stubEnv('S3_ENDPOINT', endpoint);
  vi.stubEnv('S3_ACCESS_KEY', accessKey);
  vi.stubEnv('S3_SECRET_KEY', secretKey);
  vi.stubEnv('S3_BUCKET', bucket);
}

async function checkpoints(trial: Stopped): Promise<string[]> {
  return (await bench.store.list(checkpointsPrefix(trial.trialKey))).map(({ key }) => key);
}

async function logOf(trial: Stopped, term: number): Promise<string> {
  return (await bench.store.get(trialLogKey(trial.trialKey, term)))?.body.toString() ?? '';
}
