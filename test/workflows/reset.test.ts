import { Context } from '@temporalio/activity';
import { describe, it } from 'vitest';
import { UPDATES } from '../../temporal/names.ts';
import { countNeedingAttention, run, runToEnd, type Train, trained, useTemporal } from './run-study.ts';

const temporal = useTemporal();

describe.concurrent('a study that is reset', () => {
  it('tests the trial that wins now, if that is another one', async ({ expect }) => {
    const studyId = 'reset-at-its-end';
    let isSkipped = true;
    const train: Train = async ({ spec }) => {
      const isWide = spec.config.network.hidden[0] === 16;
      if (isWide && isSkipped) await Context.current().cancelled;
      return trained(spec, isWide ? 60 : 50);
    };
    const { tested, written } = await run(studyId, { train }, async (handle) => {
      const trial = temporal().client.workflow.getHandle(`${studyId}/width/wide`);
      await expect.poll(() => statusOf(`${studyId}/width/wide`)).toBe('RUNNING');
      await trial.cancel();
      await expect.poll(() => countNeedingAttention(studyId)).toBe(3);
      await trial.executeUpdate(UPDATES.skipTrial);
      expect((await handle.result()).winner?.name).toMatch(/^narrow_/);
      isSkipped = false;
      await reset(studyId);
      const again = temporal().client.workflow.getHandle(studyId);
      expect((await again.result()).winner.name).toMatch(/^wide_/);
    });
    const keys = tested.map((job) => (job as { trialKey: string }).trialKey);
    expect(new Set(keys).size).toBe(2);
    expect(written.flatMap((record) => record.tested)).toEqual(keys);
  });

  it('while its trials train trains them again under their ids', async ({ expect }) => {
    const studyId = 'reset-while-training';
    let started = 0;
    let isFirst = true;
    const train: Train = async ({ spec }) => {
      started++;
      if (isFirst) await Context.current().cancelled;
      return trained(spec, 50);
    };
    await run(studyId, { train }, async () => {
      await expect.poll(() => started).toBe(2);
      isFirst = false;
      await reset(studyId);
      const again = temporal().client.workflow.getHandle(studyId);
      expect((await again.result()).winner.name).toBe('narrow_fast');
      for (const id of [studyId, `${studyId}/width`, `${studyId}/width/wide`])
        expect(await statusOf(id)).toBe('COMPLETED');
    });
  });
});

it('a study is started again under its id after it was terminated while its trials trained', async ({
  expect,
}) => {
  const studyId = 'terminated-then-again';
  let started = 0;
  const train: Train = async () => {
    started++;
    return Context.current().cancelled;
  };
  await run(studyId, { train }, async (handle) => {
    await expect.poll(() => started).toBe(2);
    await handle.terminate();
    const { outcome } = await runToEnd(studyId, (spec) => trained(spec, 50));
    expect(outcome.winner?.name).toBe('narrow_fast');
  });
});

// --- helpers ---

/** Resets a study to its beginning, as the Temporal UI does. */
async function reset(workflowId: string): Promise<void> {
  const { client, namespace } = temporal();
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId },
    reason: 'test',
    requestId: crypto.randomUUID(),
    workflowTaskFinishEventId: first?.eventId ?? null,
  });
}

async function statusOf(workflowId: string): Promise<string> {
  const handle = temporal().client.workflow.getHandle(workflowId);
  return handle.describe().then(
    ({ status }) => status.name,
    () => 'NONE',
  );
}
