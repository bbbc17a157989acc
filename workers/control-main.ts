/** The control worker: workflows and short activities. */
import { createControlActivities } from '../activities/control-activities.ts';
import { allowedSources } from '../activities/files/allowed-sources.ts';
import { cacheFolder } from '../storage/inputs/cache-folder.ts';
import { CONTROL_QUEUE } from '../temporal/names.ts';
import { connectWorker } from './connect-worker.ts';
import { registerSearchAttributes } from './register-search-attributes.ts';
import { runWorker } from './run-worker.ts';
import { versioning } from './versioning.ts';
import { workflowBundle } from './workflow-bundle.ts';

await runWorker(async () => {
  const sources = allowedSources(process.env);
  const versioned = versioning(process.env);
  const { connection, namespace, store } = await connectWorker();
  await registerSearchAttributes(connection, namespace);
  return {
    connection,
    namespace,
    taskQueue: CONTROL_QUEUE,
    ...versioned,
    workflowBundle: await workflowBundle(),
    activities: createControlActivities({
      store,
      downloads: cacheFolder(),
      sources,
      objectsUrl: process.env.STAGED_STUDY_OBJECTS_URL || null,
    }),
    // Heartbeats carry the data set's progress to `run`. By default only one in 48 s is sent.
    maxHeartbeatThrottleInterval: '2 seconds',
    defaultHeartbeatThrottleInterval: '2 seconds',
    shutdownGraceTime: '1 second',
  };
});
