import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ActivityExecutionFailedError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { expect } from 'vitest';
import { createControlActivities } from '../../activities/control-activities.ts';
import { allowedSources } from '../../activities/files/allowed-sources.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { openNamespace } from '../workflows/namespace.ts';

/**
 * Runs one of the activities that prepare a study as a standalone activity, with a control worker.
 *
 * @param surroundings called each time; the folder's path is also the task queue's name.
 */
export function preparations<Request, Result>(
  activity: 'prepareDataset' | 'prepareWeights',
  surroundings: () => {
    temporal: Awaited<ReturnType<typeof openNamespace>>;
    store: ObjectStore;
    folder: string;
  },
) {
  function start(request: Request, maximumAttempts: number) {
    const { temporal, folder } = surroundings();
    return temporal.client.activity.start<Result>(activity, {
      id: randomUUID(),
      taskQueue: folder,
      args: [request],
      startToCloseTimeout: '20 seconds',
      retry: { initialInterval: '50 milliseconds', maximumAttempts },
    });
  }

  async function withWorker<T>(use: () => Promise<T>): Promise<T> {
    const { temporal, store, folder } = surroundings();
    const { connection, namespace } = temporal;
    const downloads = join(folder, 'downloads');
    const sources = allowedSources(process.env);
    const activities = createControlActivities({ store, downloads, sources, objectsUrl: null });
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: folder,
      activities,
      maxHeartbeatThrottleInterval: '50 milliseconds',
    });
    return worker.runUntil(use);
  }

  return {
    start,
    withWorker,
    prepare: (request: Request) => withWorker(async () => (await start(request, 1)).result()),
    /** How the activity fails if two attempts are allowed. */
    refused: (request: Request): Promise<{ cause: Error; attempts: number }> =>
      withWorker(async () => {
        const handle = await start(request, 2);
        const error = await handle.result().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(ActivityExecutionFailedError);
        const { attempt } = await handle.describe();
        return { cause: (error as Error).cause as Error, attempts: attempt };
      }),
  };
}
