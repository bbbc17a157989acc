/**
 * The query worker: workflows without activities. It answers queries and cancels studies. What a workflow wants done next
 * stays in its queue until a control worker and a training worker come.
 */
import { CONTROL_QUEUE } from '../temporal/names.ts';
import { connectTemporal } from './connect-worker.ts';
import { registerSearchAttributes } from './register-search-attributes.ts';
import { runWorker } from './run-worker.ts';
import { workflowBundle } from './workflow-bundle.ts';

await runWorker(async () => {
  const { connection, namespace } = await connectTemporal();
  await registerSearchAttributes(connection, namespace);
  return {
    connection,
    namespace,
    taskQueue: CONTROL_QUEUE,
    workflowBundle: await workflowBundle(),
  };
});
