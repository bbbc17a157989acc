/** What Temporal itself offers for an activity under way, for a trial's training. */
import { ApplicationFailure, activityInfo, Context } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import { viewStudy } from '../../client/observe/observe-study.ts';
import { run, type Train, trained, useTemporal } from './run-study.ts';

const temporal = useTemporal();

describe.concurrent('the training of a trial', () => {
  it('is stopped by a pause in Temporal, and begins again when it is unpaused', async () => {
    const studyId = 'activity-paused';
    const { train, training, starts, release } = heldTraining();
    await run(studyId, { train }, async (handle) => {
      await expect.poll(training).toBe(1);
      const { namespace, client } = temporal();
      await client.workflowService.pauseActivity({ namespace, ...activityOf(studyId), identity: 'test' });
      await expect.poll(training).toBe(0);
      const view = async () => (await viewStudy(client, studyId)).stages[0]?.trials[1];
      await expect.poll(view).toMatchObject({ state: 'paused', failedAttempt: null });
      release();
      await client.workflowService.unpauseActivity({ namespace, ...activityOf(studyId), identity: 'test' });
      expect((await handle.result()).winner?.name).toMatch(/^wide_/);
      expect(starts()).toBe(2);
    });
  });

  it('does not wait for its next attempt any longer, and counts from 1, after a reset in Temporal', async () => {
    const studyId = 'activity-reset';
    const { train, training, attempts, release } = heldTraining({ failures: 1 });
    await run(studyId, { train }, async (handle) => {
      const { namespace, client } = temporal();
      const view = async () => (await viewStudy(client, studyId)).stages[0]?.trials[1]?.failedAttempt;
      await expect.poll(view).toMatchObject({ attempt: 1, failure: 'away' });
      await client.workflowService.resetActivity({ namespace, ...activityOf(studyId), identity: 'test' });
      await expect.poll(training).toBe(1);
      expect(attempts()).toEqual([1, 1]);
      release();
      expect((await handle.result()).winner?.name).toMatch(/^wide_/);
    });
  });

  it('takes other options in Temporal', async () => {
    const studyId = 'activity-options';
    const { train, training, release } = heldTraining();
    await run(studyId, { train }, async (handle) => {
      await expect.poll(training).toBe(1);
      const { namespace, client } = temporal();
      const { activityOptions } = await client.workflowService.updateActivityOptions({
        namespace,
        ...activityOf(studyId),
        activityOptions: { heartbeatTimeout: { seconds: 30 as never } },
        updateMask: { paths: ['heartbeat_timeout'] },
        identity: 'test',
      });
      expect(Number(activityOptions?.heartbeatTimeout?.seconds)).toBe(30);
      release();
      expect((await handle.result()).winner?.name).toMatch(/^wide_/);
    });
  });
});

// --- helpers ---

function activityOf(studyId: string) {
  return { execution: { workflowId: `${studyId}/width/wide` }, type: 'train' };
}

/** The wide network's first training fails `failures` times, and then trains until it is stopped or released. */
function heldTraining({ failures = 0 } = {}) {
  let release = () => {};
  let training = 0;
  const attempts: number[] = [];
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const train: Train = async ({ spec }) => {
    const { config } = spec;
    if (config.network.hidden[0] !== 16 || config.learningRate !== 0.02)
      return trained(spec, config.network.hidden[0]!);
    attempts.push(activityInfo().attempt);
    if (attempts.length <= failures)
      throw ApplicationFailure.create({ message: 'away', nextRetryDelay: '1 hour' });
    training++;
    try {
      await Promise.race([released, Context.current().cancelled]);
      return trained(spec, 60);
    } finally {
      training--;
    }
  };
  return {
    train,
    training: () => training,
    starts: () => attempts.length,
    attempts: () => attempts,
    release: () => release(),
  };
}
