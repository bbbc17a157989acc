import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { QUERIES, UPDATES } from '../../temporal/names.ts';
import type { StudyStatus } from '../../workflows/status.ts';
import { countNeedingAttention, countWorkflows, run, type Train, trained, useTemporal } from './run-study.ts';

const temporal = useTemporal();

describe.concurrent('a trial that somebody ends', () => {
  it.for([
    ['cancel', 'its workflow was cancelled, and not by its study; its checkpoints are kept'],
    ['terminate', 'its workflow was terminated, and not by its study; its checkpoints are kept'],
  ] as const)('with "%s" waits under its id, and its siblings continue', async ([end, why], { expect }) => {
    const studyId = `trial-${end}`;
    const { train, isHeld, release } = wideIsHeld();
    await run(studyId, { train }, async (handle) => {
      await expect.poll(isHeld).toBe(true);
      const trial = () => temporal().client.workflow.getHandle(`${studyId}/width/wide`);
      await trial()[end]();
      const attention = () =>
        handle.query<StudyStatus>(QUERIES.studyStatus).then((status) => status.attention);
      await expect.poll(attention).toEqual({ [`${studyId}/width/wide`]: why });
      // The list of workflows follows a little later.
      await expect.poll(() => countNeedingAttention(studyId)).toBe(3);
      release();
      expect(await trial().executeUpdate(UPDATES.retryTrial, { args: [] })).toBe('wide: retried');
      expect((await handle.result()).winner?.name).toMatch(/^wide_/);
    });
  });

  it('can be skipped, also if it is ended while it waits', async ({ expect }) => {
    const studyId = 'ended-twice';
    const { train, isHeld } = wideIsHeld();
    await run(studyId, { train }, async (handle) => {
      await expect.poll(isHeld).toBe(true);
      const trial = () => temporal().client.workflow.getHandle(`${studyId}/width/wide`);
      await trial().cancel();
      const attention = () =>
        handle.query<StudyStatus>(QUERIES.studyStatus).then((status) => Object.values(status.attention)[0]);
      await expect.poll(attention).toMatch(/cancelled/);
      await trial().terminate();
      await expect.poll(attention).toMatch(/terminated/);
      await trial().executeUpdate(UPDATES.skipTrial);
      expect((await handle.result()).winner?.name).toMatch(/^narrow_/);
    });
  });

  it('is cancelled with its study', async ({ expect }) => {
    const studyId = 'ended-then-cancelled';
    const { train, isHeld } = wideIsHeld();
    await run(studyId, { train }, async (handle) => {
      await expect.poll(isHeld).toBe(true);
      const trial = temporal().client.workflow.getHandle(`${studyId}/width/wide`);
      await trial.terminate();
      await expect.poll(() => countNeedingAttention(studyId)).toBe(3);
      await handle.cancel();
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      expect((await trial.describe()).status.name).toBe('CANCELLED');
    });
  });
});

it('a study that is cancelled while its trials start ends, and so do they', async () => {
  // When the cancellation comes differs: before the stage starts, or its trials, or between a trial's start and its first task.
  const delaysMs = Array.from({ length: 24 }, (_, index) => index * 8);
  const train: Train = async () => Context.current().cancelled;
  await Promise.all(
    delaysMs.map((delayMs) =>
      run(`cancelled-after-${delayMs}-ms`, { train }, async (handle) => {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        await handle.cancel();
        await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      }),
    ),
  );
  const query = "ExecutionStatus = 'Running' AND StudyId STARTS_WITH 'cancelled-after-'";
  await expect.poll(() => countWorkflows(query)).toBe(0);
}, 60_000);

// --- helpers ---

/** The wide network trains until `release` is called, or until it is cancelled. */
function wideIsHeld() {
  let release = () => {};
  let isHeld = false;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const train: Train = async ({ spec }) => {
    if (spec.config.network.hidden[0] !== 16) return trained(spec, 50);
    isHeld = true;
    await Promise.race([released, Context.current().cancelled]);
    return trained(spec, 60);
  };
  return { train, isHeld: () => isHeld, release };
}
