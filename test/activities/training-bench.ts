import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { createControlActivities } from '../../activities/control-activities.ts';
import { createTrainingActivities } from '../../activities/training-activities.ts';
import { TrainingBudget } from '../../activities/training-budget.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import type { Rung } from '../../study/search/stopping/rung.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { CONTROL_QUEUE } from '../../temporal/names.ts';
import type { AnyJob, TrainerEvent } from '../../trainer/protocol.ts';
import type { StartTrainer } from '../../trainer/start-trainer.ts';
import { createTrainerPool } from '../../trainer/trainer-pool.ts';
import type { trialWorkflow } from '../../workflows/trial-workflow.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { openNamespace } from '../workflows/namespace.ts';

const SLOTS = 2;

/** Hooks for a test between a worker and its trainers. */
interface Watch {
  beforeJob?: (job: AnyJob) => Promise<void>;
  onEvent?: (event: TrainerEvent, job: AnyJob) => void;
  afterJob?: (job: AnyJob) => void;
}

/**
 * Runs the product's workflows, activities and trainers in a new namespace, over a new bucket, until `close`.
 *
 * @param reach returns the address at which workers and trainers reach the store.
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
  const pool = createTrainerPool();
  const watchedTrainer: StartTrainer = async (given, options) => {
    const job = given as AnyJob;
    bench.jobs.push(job);
    await bench.watch.beforeJob?.(job);
    const onEvent = (event: TrainerEvent) => {
      options?.onEvent?.(event);
      bench.watch.onEvent?.(event, job);
    };
    return pool.startTrainer(given, { ...options, onEvent }).finally(() => bench.watch.afterJob?.(job));
  };

  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const working = temporal.withWorkers(
    {
      control: createControlActivities({
        store: workerStore,
        downloads: cache,
        sources: async () => true,
        objectsUrl: null,
      }),
      training: createTrainingActivities({
        store: workerStore,
        startTrainer: watchedTrainer,
        budget: new TrainingBudget({ cores: SLOTS, memoryBytes: 16e9 }),
      }),
      slots: SLOTS,
    },
    () => stopped,
  );

  const bench = {
    client: temporal.client,
    /** Reached directly, whatever address the workers use. */
    store: createMinioStore(address),
    /** The trainers' jobs so far, in order. */
    jobs: [] as AnyJob[],
    watch: {} as Watch,
    startTrial(spec: TrialSpec, rungs?: Rung[]) {
      return temporal.client.workflow.start<typeof trialWorkflow>('trialWorkflow', {
        workflowId: `trial-${randomUUID()}`,
        taskQueue: CONTROL_QUEUE,
        args: [{ studyId: 'none', stage: 'none', name: 'trial', spec, ...(rungs && { rungs }) }],
      });
    },
    async close() {
      stop();
      await working;
      await pool.close();
      await temporal.close();
      await rm(cache, { recursive: true });
    },
  };
  return bench;
}

export type Bench = Awaited<ReturnType<typeof openBench>>;
