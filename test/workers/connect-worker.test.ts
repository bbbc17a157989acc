import { afterEach, expect, it, vi } from 'vitest';
import { UnsuitableStoreError } from '../../storage/minio/probe.ts';
import { storeEnvironment } from '../../storage/minio/store-config.ts';
import { connectWorker } from '../../workers/connect-worker.ts';
import { carelessStore } from '../storage/careless-store.ts';
import { freshBucket } from '../storage/fresh-stores.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('a worker does not start with a store that keeps no two writers apart', async () => {
  const careless = await carelessStore(await freshBucket());
  for (const [name, value] of Object.entries(storeEnvironment(careless.config))) vi.stubEnv(name, value);
  await expect(connectWorker()).rejects.toThrow(UnsuitableStoreError);
  careless.close();
});
