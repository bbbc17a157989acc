import { afterAll, beforeAll, beforeEach, inject, vi } from 'vitest';
import type { ControlActivities } from '../../../activities/control-activities.ts';
import type { StoreConfig } from '../../../storage/minio/store-config.ts';
import { NUMERICS } from '../../../study/trial/trial.ts';
import { freshBucket } from '../../storage/fresh-stores.ts';
import { openNamespace } from '../../workflows/namespace.ts';
import { dataset, type Train, trained } from '../../workflows/run-study.ts';

/** What the activities do that a test may replace. */
export interface Fakes {
  train: Train;
  prepareDataset: ControlActivities['prepareDataset'];
}

/** Every trial ends with the same score. */
const COMPLETED: Fakes = {
  train: async ({ spec }) => trained(spec, 50),
  prepareDataset: async () => dataset,
};

/**
 * Servers for commands: a namespace with workers whose activities do nothing, and for each test a bucket of its own. To be called after
 * `useCommands`.
 */
export function useFakeWorkers() {
  let temporal: Awaited<ReturnType<typeof openNamespace>>;
  let store: StoreConfig;
  let fakes = COMPLETED;
  let stop = () => {};
  let working: Promise<void>;
  beforeAll(async () => {
    temporal = await openNamespace();
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const control = {
      prepareDataset: (input: Parameters<Fakes['prepareDataset']>[0]) => fakes.prepareDataset(input),
      openStudy: async () => ({ numerics: NUMERICS, objectsUrl: null }),
      suggest: async ({ count, suggested }: { count: number; suggested: number }) => ({
        values: Array.from({ length: count }, (_, index) => ({
          learningRate: (suggested + index + 1) / 1000,
        })),
        seeds: 0,
      }),
      writeStage: async () => ({ verdict: null }),
      writeRecord: async () => ({ recordKey: 'nowhere' }),
      writeReport: async () => {},
    };
    const training = {
      train: (input: Parameters<Train>[0]) => fakes.train(input),
      evaluateTest: async () => ({
        status: 'tested' as const,
        score: { images: 50, accuracy: 55, loss: 1 },
      }),
    };
    working = temporal.withWorkers({ control, training }, () => stopped);
  });
  afterAll(async () => {
    stop();
    await working;
    await temporal.close();
  });
  beforeEach(async () => {
    store = await freshBucket();
    vi.stubEnv('TEMPORAL_ADDRESS', inject('temporalAddress'));
    vi.stubEnv('TEMPORAL_NAMESPACE', temporal.namespace);
    vi.stubEnv('S3_ENDPOINT', store.endpoint);
    vi.stubEnv('S3_ACCESS_KEY', store.accessKey);
    vi.stubEnv('S3_SECRET_KEY', store.secretKey);
    vi.stubEnv('S3_BUCKET', store.bucket);
    fakes = COMPLETED;
  });
  return {
    temporal: () => temporal,
    /** The test's bucket. */
    store: () => store,
    /** Replaces what activities do, until the test has ended. */
    use(replaced: Partial<Fakes>): void {
      fakes = { ...COMPLETED, ...replaced };
    },
  };
}
