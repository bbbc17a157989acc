import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { pendingActivity } from '../../client/observe/pending-activity.ts';
import { isRunning } from '../../infra/process-identity.ts';
import { compiledProgram, projectRoot } from '../../infra/project.ts';
import { launch, type ManagedProcess } from '../../infra/servers/managed-process.ts';
import { untilWorkerReady, workerLaunch } from '../../infra/servers/worker.ts';
import { trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { putDataset } from '../../storage/inputs/datasets.ts';
import { leaseKey, trialLogKey } from '../../storage/keys.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { newestIntactCheckpoint } from '../../storage/trials/checkpoints.ts';
import { readResult, type TrialResult, writeResult } from '../../storage/trials/trials.ts';
import { defaultSettings } from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { asSpecified } from '../../study/plan/plan.ts';
import { NUMERICS, type TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { CONTROL_QUEUE } from '../../temporal/names.ts';
import type { trialWorkflow } from '../../workflows/trial-workflow.ts';
import { smallImages } from '../activities/small-archive.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { trainersOf } from '../trainer/trainers.ts';
import { openNamespace } from '../workflows/namespace.ts';

let temporal: Awaited<ReturnType<typeof openNamespace>>;
let address: StoreConfig;
let store: ObjectStore;
let dataset: string;
let folder: string;
const started: ManagedProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workers-'));
  temporal = await openNamespace();
  address = await freshBucket();
  store = createMinioStore(address);
  ({ dataset } = await putDataset(store, { ...smallImages, origin: { kind: 'generated' } }));
  await startWorker('control');
});
afterAll(async () => {
  await Promise.all(started.map((worker) => worker.stop()));
  await temporal.close();
  await rm(folder, { recursive: true });
});

it('a worker that shuts down stops its trainer, and the next worker continues the trial', async () => {
  const spec = specOf(100);
  const first = await startWorker('training');
  const handle = await startTrial(spec);
  await untilCheckpoint(spec);
  const trainers = trainersOf(first.identity.pid);
  expect(trainers).toHaveLength(1);
  process.kill(first.identity.pid, 'SIGTERM');
  expect(await first.ended).toBe('exit code 0');
  expect(trainers.some(isRunning)).toBe(false);
  expect(await readResult(store, trialKey(spec))).toBeUndefined();

  const second = await startWorker('training');
  expect(await handle.result()).toMatchObject({ outcome: 'completed', reused: false });
  await second.stop();
  const { events } = await handle.fetchHistory();
  const attempts = events?.flatMap((event) => event.activityTaskStartedEventAttributes?.attempt ?? []);
  // A shutdown doesn't count as a retry.
  expect(attempts).toEqual([1, 1]);
  expect(await readResult(store, trialKey(spec))).toMatchObject({ term: 2 });
  const log = await store.get(trialLogKey(trialKey(spec), 2));
  expect(log?.body.toString()).toMatch(/continuing after epoch \d+/);
});

it('a worker that shuts down leaves its trial where it stands, and another goes on at once', async () => {
  // An epoch takes seconds.
  const { config, ...rest } = specOf(3);
  const slow = {
    network: { kind: 'dense' as const, hidden: [2000, 2000] },
    batchSize: 1,
    learningRate: 1e-4,
  };
  const spec: TrialSpec = { ...rest, config: { ...config, ...slow } };
  const first = await startWorker('training', { STAGED_STUDY_CHECKPOINT_SECONDS: '3600' });
  const handle = await startTrial(spec);
  const progress = async () => pendingActivity(await handle.describe())?.details;
  await expect.poll(progress, { interval: 20 }).toMatchObject({ epochs: 3 });
  process.kill(first.identity.pid, 'SIGTERM');
  expect(await first.ended).toBe('exit code 0');
  const { checkpoint } = await newestIntactCheckpoint(store, trialKey(spec));
  // No checkpoint was due.
  expect(checkpoint?.manifest.step).toBeGreaterThan(0);

  const second = await startWorker('training', { STAGED_STUDY_CHECKPOINT_SECONDS: '3600' });
  const before = Date.now();
  expect(await handle.result()).toMatchObject({ outcome: 'completed', reused: false });
  // Neither a lease nor a heartbeat had to expire, which takes 60 s.
  expect(Date.now() - before).toBeLessThan(45_000);
  await second.stop();
  const log = await store.get(trialLogKey(trialKey(spec), 2));
  expect(log?.body.toString()).toContain(`, step ${checkpoint?.manifest.step}\n`);
});

it('a trial that ended while its worker shut down is its study’s own, not reused', async () => {
  const spec = { ...specOf(10_000), repetition: 1 };
  const first = await startWorker('training');
  const handle = await startTrial(spec);
  await untilCheckpoint(spec);
  process.kill(first.identity.pid, 'SIGTERM');
  await first.ended;
  // As if the trainer had stored it in its last moment.
  const { holder, term } = JSON.parse(String((await store.get(leaseKey(trialKey(spec))))?.body));
  const time = new Date().toISOString();
  await writeResult(store, {
    format: 1,
    trialKey: trialKey(spec),
    spec,
    holder,
    term,
    outcome: 'diverged',
    message: 'in its last moment',
    score: null,
    scoreInTrainingMode: null,
    bestEpoch: null,
    lines: [],
    parameters: 1,
    weights: null,
    tensorsSha256: null,
    predictions: null,
    hits: null,
    environment: {},
    startedAt: time,
    finishedAt: time,
    trainingSeconds: 0,
  });
  const second = await startWorker('training');
  expect(await handle.result()).toMatchObject({ outcome: 'diverged', reused: false });
  await second.stop();
});

it('two trials at the same time have the bits that each has alone', async () => {
  const bitsWith = async (slots: number, repetition: number) => {
    const worker = await startWorker('training', { STAGED_STUDY_SLOTS: String(slots) });
    const specs = [1, 2].map((seed) => ({ ...specOf(50), seed, repetition }));
    const trials = await Promise.all(specs.map(startTrial));
    await Promise.all(trials.map((trial) => trial.result()));
    await worker.stop();
    return Promise.all(specs.map((spec) => readResult(store, trialKey(spec)) as Promise<TrialResult>));
  };
  const alone = await bitsWith(1, 0);
  const together = await bitsWith(2, 1);
  const [first, second] = together as [TrialResult, TrialResult];
  // ISO 8601.
  expect(first.startedAt < second.finishedAt && second.startedAt < first.finishedAt).toBe(true);
  expect(together.map(numbersOf)).toEqual(alone.map(numbersOf));
  expect(together[0]?.tensorsSha256).not.toBe(together[1]?.tensorsSha256);
});

it('a trial trains with its own threads, however many are free', async () => {
  const worker = await startWorker('training', { STAGED_STUDY_SLOTS: '2' });
  const specs = [undefined, 2, 8].map((threads) => withThreads(specOf(2), threads));
  const trials = await Promise.all(specs.map(startTrial));
  await Promise.all(trials.map((trial) => trial.result()));
  await worker.stop();
  const results = await Promise.all(specs.map((spec) => readResult(store, trialKey(spec))));
  expect(results.map((result) => result?.environment.intraOpThreads)).toEqual(['1', '2', '8']);
});

it('a trainer does not outlive its killed worker', async () => {
  const spec = specOf(10_000);
  const worker = await startWorker('training');
  const handle = await startTrial(spec);
  await untilCheckpoint(spec);
  const trainers = trainersOf(worker.identity.pid);
  expect(trainers).toHaveLength(1);
  process.kill(worker.identity.pid, 'SIGKILL');
  await expect.poll(() => trainers.some(isRunning), { interval: 20 }).toBe(false);
  await handle.terminate();
});

it.each(['SIGINT', 'SIGKILL'] as const)(
  'a worker in the foreground shuts down if its command gets %s',
  async (signal) => {
    const { env } = launchOf('training');
    const cli = join(projectRoot, 'client', 'staged-study.mjs');
    const command = spawn(process.execPath, [cli, 'worker', 'training'], { env });
    let printed = '';
    for (const stream of [command.stdout, command.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (text.includes('ready')) command.kill(signal);
      });
    }
    // The worker writes to the same streams, so they close only when it has ended.
    const [code] = await once(command, 'close');
    expect(printed).toContain("state: 'STOPPED'");
    expect(code).toBe(signal === 'SIGINT' ? 0 : null);
  },
);

// --- helpers ---

function launchOf(kind: 'control' | 'training', environment: Record<string, string> = {}) {
  const script = { name: `The ${kind} worker`, path: compiledProgram(`workers/${kind}-main`) };
  return workerLaunch(script, {
    projectRoot,
    temporal: { address: inject('temporalAddress'), namespace: temporal.namespace },
    store: address,
    environment: { ...trainerEnvironment(inject('nativeParts')), STAGED_STUDY_CACHE: folder, ...environment },
    logFile: join(folder, `${randomUUID()}.log`),
  });
}

async function startWorker(
  kind: 'control' | 'training',
  environment?: Record<string, string>,
): Promise<ManagedProcess> {
  const worker = launch(launchOf(kind, environment));
  started.push(worker);
  await untilWorkerReady(worker);
  return worker;
}

function startTrial(spec: TrialSpec) {
  return temporal.client.workflow.start<typeof trialWorkflow>('trialWorkflow', {
    workflowId: `trial-${randomUUID()}`,
    taskQueue: CONTROL_QUEUE,
    args: [{ studyId: 'none', stage: 'none', name: 'trial', spec }],
  });
}

async function untilCheckpoint(spec: TrialSpec): Promise<void> {
  const find = async () => (await newestIntactCheckpoint(store, trialKey(spec))).checkpoint;
  await expect.poll(find, { interval: 20 }).toBeDefined();
}

function withThreads(spec: TrialSpec, threads: number | undefined): TrialSpec {
  return { ...spec, config: asSpecified({ ...spec.config, threads }) };
}

/** All that a trial has computed. */
function numbersOf({ score, lines, tensorsSha256 }: TrialResult) {
  return { score, tensorsSha256, lines: lines.map(({ seconds, ...numbers }) => numbers) };
}

function specOf(epochs: number): TrialSpec {
  return {
    config: {
      ...asTrained({ ...defaultSettings, epochs }, { epochDivisor: 1 }),
      network: { kind: 'dense', hidden: [8] },
    },
    data: { dataset, trainImages: 100, validationFraction: 0.2, splitSeed: 1 },
    seed: 1,
    repetition: 0,
    initialWeights: 'scratch',
    numerics: NUMERICS,
  };
}
