import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { createControlActivities } from '../../activities/control-activities.ts';
import type { RunTrainer } from '../../activities/trainer.ts';
import { createTrainingActivities } from '../../activities/training-activities.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import { writeTrialLog } from '../../storage/trials/trials.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { CONTROL_QUEUE } from '../../temporal/names.ts';
import type { TrainerJob, TrainerReport } from '../../trainer/protocol.ts';
import { createRunTrainer } from '../../trainer/run-trainer.ts';
import type { trialWorkflow } from '../../workflows/trial-workflow.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { openNamespace } from '../workflows/namespace.ts';

const SLOTS = 2;

/** What a test may look at, and do, between a worker and its trainers. */
interface Watch {
  beforeJob?: (job: TrainerJob) => Promise<void>;
  onReport?: (report: TrainerReport, job: TrainerJob) => void;
  afterJob?: (job: TrainerJob) => void;
}

/**
 * The product's workflows, activities and trainers over a namespace and a bucket of their own, until `close`.
 *
 * @param reach gives the address by which workers and trainers reach the store.
 */
export async function openBench(
  reach: (store: StoreConfig) => Promise<StoreConfig> = async (store) => store,
) {
  const temporal = await openNamespace();
  const address = await freshBucket();
  const reached = await reach(address);
  const cache = await mkdtemp(join(tmpdir(), 'training-bench-'));
  vi.stubEnv('S3_ENDPOINT', reached.endpoint);
  vi.stubEnv('S3_ACCESS_KEY', reached.accessKey);
  vi.stubEnv('S3_SECRET_KEY', reached.secretKey);
  vi.stubEnv('S3_BUCKET', reached.bucket);
  vi.stubEnv('STAGED_STUDY_CACHE', cache);

  const workerStore = createMinioStore(reached);
  const product = createRunTrainer({
    slots: SLOTS,
    onLog: (job, log) =>
      job.kind === 'train'
        ? writeTrialLog(workerStore, trialKey(job.spec), job.term, log)
        : writeTrialLog(workerStore, job.trialKey, 'test', log),
  });
  const runTrainer: RunTrainer = async (job, options) => {
    bench.jobs.push(job);
    await bench.watch.beforeJob?.(job);
    const onReport = (report: TrainerReport) => {
      options.onReport(report);
      bench.watch.onReport?.(report, job);
    };
    return product(job, { ...options, onReport }).finally(() => bench.watch.afterJob?.(job));
  };

  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const working = temporal.withWorkers(
    {
      control: createControlActivities({ store: workerStore, downloads: cache, objectsUrl: null }),
      training: createTrainingActivities({ store: workerStore, runTrainer }),
      slots: SLOTS,
    },
    () => stopped,
  );

  const bench = {
    client: temporal.client,
    /** Not by way of the address that the workers use. */
    store: createMinioStore(address),
    /** All that was asked of trainers, in order. */
    jobs: [] as TrainerJob[],
    watch: {} as Watch,
    startTrial(spec: TrialSpec) {
      return temporal.client.workflow.start<typeof trialWorkflow>('trialWorkflow', {
        workflowId: `trial-${randomUUID()}`,
        taskQueue: CONTROL_QUEUE,
        args: [{ studyId: 'none', stage: 'none', name: 'trial', spec }],
      });
    },
    async close() {
      stop();
      await working;
      await temporal.close();
      await rm(cache, { recursive: true });
    },
  };
  return bench;
}

export type Bench = Awaited<ReturnType<typeof openBench>>;
