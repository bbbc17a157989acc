import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { expect, inject, it } from 'vitest';
import { CONTROL_QUEUE } from '../../temporal/names.ts';
import { versioning } from '../../workers/versioning.ts';
import { exampleSpec } from '../storage/examples.ts';
import { openNamespace } from '../workflows/namespace.ts';

const deploymentName = 'studies';
const environment = (buildId: string) => ({
  TEMPORAL_DEPLOYMENT_NAME: deploymentName,
  TEMPORAL_WORKER_BUILD_ID: buildId,
});

it('is off without a deployment, and needs a build id with one', () => {
  expect(versioning({})).toEqual({});
  expect(() => versioning({ TEMPORAL_DEPLOYMENT_NAME: deploymentName })).toThrow(
    'expected TEMPORAL_WORKER_BUILD_ID beside TEMPORAL_DEPLOYMENT_NAME, got nothing; set both or none',
  );
  expect(() => versioning({ TEMPORAL_WORKER_BUILD_ID: '1' })).toThrow('expected TEMPORAL_DEPLOYMENT_NAME');
});

it('moves workflows that run to the version that becomes the current one', async () => {
  const temporal = await openNamespace();
  const { client, connection, namespace } = temporal;
  const worker = (buildId: string) =>
    Worker.create({
      connection,
      namespace,
      taskQueue: CONTROL_QUEUE,
      workflowBundle: { codePath: inject('workflowBundle') },
      activities: {},
      // A workflow's next task goes to a version, not to the worker that has it in its cache.
      maxCachedWorkflows: 0,
      ...versioning(environment(buildId)),
    });
  const makeCurrent = async (buildId: string) => {
    for (;;) {
      try {
        await client.workflowService.setWorkerDeploymentCurrentVersion({
          namespace,
          deploymentName,
          buildId,
        });
        return;
      } catch (error) {
        // The server learns of a version when its worker polls.
        if (!/no Worker Deployment|not found|no pollers/i.test(String(error))) throw error;
        await pause(100);
      }
    }
  };
  const [first, second] = [await worker('1'), await worker('2')];
  await first.runUntil(
    second.runUntil(async () => {
      await makeCurrent('1');
      const handle = await client.workflow.start('trialWorkflow', {
        workflowId: 'trial',
        taskQueue: CONTROL_QUEUE,
        args: [{ studyId: 'none', stage: 'none', name: 'trial', spec: exampleSpec(), parked: 'waits' }],
      });
      const version = async () =>
        (await handle.describe()).raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
      await expect.poll(version).toBe('1');
      await makeCurrent('2');
      await handle.executeUpdate('skipTrial');
      expect(await version()).toBe('2');
      await handle.result();
    }),
  );
  await temporal.close();
}, 60_000);
