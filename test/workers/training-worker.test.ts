import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { isRunning } from '../../infra/process-identity.ts';
import { projectRoot, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { launch, type ManagedProcess } from '../../infra/stack/managed-process.ts';
import { untilWorkerReady, workerLaunch } from '../../infra/stack/worker.ts';
import { newestSoundCheckpoint } from '../../storage/checkpoints.ts';
import { putDataset } from '../../storage/datasets.ts';
import { trialLogKey } from '../../storage/keys.ts';
import { createMinioStore } from '../../storage/minio-store.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { StoreConfig } from '../../storage/store-config.ts';
import { readResult } from '../../storage/trials.ts';
import { CONTROL_QUEUE } from '../../study/temporal-names.ts';
import { reportSettings } from '../../study/training-config.ts';
import { NUMERICS, type TrialSpec } from '../../study/trial.ts';
import { trialKey } from '../../study/trial-key.ts';
import type { trialWorkflow } from '../../workflows/trial-workflow.ts';
import { smallImages } from '../activities/small-archive.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { openNamespace } from '../workflows/namespace.ts';
import { trainersOf } from './trainers.ts';

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

it('a worker that is told to stop ends its trainer, and the next one goes on with the trial', async () => {
  const spec = specOf(300);
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
  // A shutdown uses up no retry.
  expect(attempts).toEqual([1, 1]);
  expect(await readResult(store, trialKey(spec))).toMatchObject({ term: 2 });
  const log = await store.get(trialLogKey(trialKey(spec), 2));
  expect(log?.body.toString()).toMatch(/going on after epoch \d+/);
});

it('a trainer does not outlive its killed worker', async () => {
  const spec = specOf(10_000);
  const worker = await startWorker('training');
  const handle = await startTrial(spec);
  await untilCheckpoint(spec);
  const trainers = trainersOf(worker.identity.pid);
  expect(trainers).toHaveLength(1);
  process.kill(worker.identity.pid, 'SIGKILL');
  await expect.poll(() => trainers.some(isRunning), { timeout: 60_000, interval: 20 }).toBe(false);
  await handle.terminate();
});

// --- helpers ---

async function startWorker(kind: 'control' | 'training'): Promise<ManagedProcess> {
  const script = { name: `The ${kind} worker`, path: join(projectRoot, 'workers', `${kind}-main.ts`) };
  const worker = launch(
    workerLaunch(script, {
      projectRoot,
      temporal: { address: inject('temporalAddress'), namespace: temporal.namespace },
      store: address,
      environment: { ...trainerEnvironment(inject('nativeParts')), STAGED_STUDY_CACHE: folder },
      logFile: join(folder, `${randomUUID()}.log`),
    }),
  );
  started.push(worker);
  await untilWorkerReady(worker);
  return worker;
}

function startTrial(spec: TrialSpec) {
  return temporal.client.workflow.start<typeof trialWorkflow>('trialWorkflow', {
    workflowId: `trial-${randomUUID()}`,
    taskQueue: CONTROL_QUEUE,
    args: [
      {
        ...{ studyId: 'none', stage: 'none', name: 'trial', spec },
        ...{ of: null, suggestion: null, override: null },
      },
    ],
  });
}

async function untilCheckpoint(spec: TrialSpec): Promise<void> {
  const find = async () => (await newestSoundCheckpoint(store, trialKey(spec))).checkpoint;
  await expect.poll(find, { timeout: 60_000, interval: 20 }).toBeDefined();
}

function specOf(epochs: number): TrialSpec {
  return {
    config: { ...reportSettings, network: { kind: 'dense', hidden: [8] }, epochs },
    data: { dataset, trainImages: 100, validationFraction: 0.2, splitSeed: 1 },
    seed: 1,
    repetition: 0,
    initialWeights: 'scratch',
    numerics: NUMERICS,
  };
}
