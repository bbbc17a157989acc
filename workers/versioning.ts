import type { WorkerOptions } from '@temporalio/worker';

/**
 * Worker Versioning, if the environment has a deployment's name and a build id, under the names that Temporal's Worker
 * Controller gives them. Studies that run then move to a new version when it becomes the current one.
 *
 * @throws {Error} if only one of the two is set.
 */
export function versioning({
  TEMPORAL_DEPLOYMENT_NAME: deploymentName,
  TEMPORAL_WORKER_BUILD_ID: buildId,
}: NodeJS.ProcessEnv): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (!deploymentName && !buildId) return {};
  if (!deploymentName || !buildId) {
    const [set, missing] = deploymentName
      ? ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID']
      : ['TEMPORAL_WORKER_BUILD_ID', 'TEMPORAL_DEPLOYMENT_NAME'];
    throw new Error(`Worker Versioning: expected ${missing} beside ${set}, got nothing; set both or none`);
  }
  return {
    workerDeploymentOptions: {
      version: { deploymentName, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}
