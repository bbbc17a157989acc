import { ApplicationFailure } from '@temporalio/activity';
import { describe, it } from 'vitest';
import { QUERIES, UPDATES } from '../../temporal/names.ts';
import type { StudyStatus } from '../../workflows/status.ts';
import { countNeedingAttention, innermost, run, type Train, trained, useTemporal } from './run-study.ts';

const temporal = useTemporal();

describe.concurrent('a trial that has used up its retries', () => {
  it('waits until a person retries it, and its study, stage and page show that', async ({ expect }) => {
    let broken = true;
    const studyId = 'parks';
    await run(studyId, { train: wideFailsWhile(() => broken) }, async (handle) => {
      const attention = () =>
        handle.query<StudyStatus>(QUERIES.studyStatus).then((status) => status.attention);
      await expect.poll(attention).toEqual({ [`${studyId}/width/wide`]: 'no such layer' });
      await expect.poll(() => countNeedingAttention(studyId)).toBe(3);

      broken = false;
      await update(`${studyId}/width/wide`, UPDATES.retryTrial);
      expect((await handle.result()).winner?.name).toMatch(/^wide_/);
      expect(await countNeedingAttention(studyId)).toBe(0);
    });
  });

  it('is left out if a person skips it', async ({ expect }) => {
    const studyId = 'skips';
    await run(studyId, { train: wideFailsWhile(() => true) }, async (handle) => {
      await expect.poll(() => countNeedingAttention(studyId)).toBe(3);
      await update(`${studyId}/width/wide`, UPDATES.skipTrial);
      expect((await handle.result()).winner?.name).toMatch(/^narrow_/);
    });
  });

  it('becomes another trial, and says so, if a person changes its settings, which it hands on', async ({
    expect,
  }) => {
    const studyId = 'overrides';
    const trainedWith: [batchSize: number, threads: number | undefined][] = [];
    const train: Train = async ({ spec }) => {
      if (spec.config.network.hidden[0] === 16 && spec.config.batchSize === 32) {
        throw ApplicationFailure.nonRetryable('too large', 'BadConfiguration');
      }
      trainedWith.push([spec.config.batchSize, spec.config.threads]);
      return trained(spec, spec.config.batchSize);
    };
    const { written } = await run(studyId, { train }, async (handle) => {
      await expect.poll(() => countNeedingAttention(studyId)).toBe(3);
      const refused = await update(`${studyId}/width/wide`, UPDATES.retryTrial, { batchSize: 0.5 });
      expect(refused).toMatch(/overrides: batchSize: expected a whole number, got 0.5/);
      await update(`${studyId}/width/wide`, UPDATES.retryTrial, { batchSize: 64, threads: 2 });
      await handle.result();
    });
    expect(trainedWith).toEqual([
      [32, undefined],
      [64, 2],
      [64, 2],
      [64, 2],
    ]);
    expect(written[0]?.stages[0]?.standings[1]).toMatchObject({
      name: 'wide',
      override: { batchSize: 64, threads: 2 },
    });
  });
});

it.concurrent('a stage without any score waits as a whole, and continues with other settings', async ({
  expect,
}) => {
  const studyId = 'hopeless';
  const train: Train = async ({ spec }) => trained(spec, spec.config.learningRate > 0.01 ? null : 40);
  await run(studyId, { train }, async (handle) => {
    const attention = () => handle.query<StudyStatus>(QUERIES.studyStatus).then((status) => status.attention);
    const failure = 'no trial has a score: narrow diverged, wide diverged';
    await expect.poll(attention).toEqual({ [`${studyId}/width`]: failure });
    await update(`${studyId}/width`, UPDATES.retryStage, { learningRate: 0.01 });
    expect((await handle.result()).winner).toMatchObject({ name: 'narrow_slow', score: 40 });
  });
});

it.concurrent('a final test that fails waits, and so does its study', async ({ expect }) => {
  const studyId = 'untested';
  let broken = true;
  const fakes = { train: wideFailsWhile(() => false), testFails: () => broken };
  await run(studyId, fakes, async (handle) => {
    const attention = () => handle.query<StudyStatus>(QUERIES.studyStatus).then((status) => status.attention);
    await expect.poll(attention).toEqual({ [studyId]: 'the final test failed: no weights' });
    broken = false;
    const refused = await update(studyId, UPDATES.retryTest, { batchSize: 64 });
    expect(refused).toBe('final test: it has no settings to change; send none');
    await update(studyId, UPDATES.retryTest);
    expect((await handle.result()).test?.accuracy).toBe(55);
  });
});

// --- helpers ---

/** The wide network fails, in a way that a retry does not fix, while `broken` returns true. */
function wideFailsWhile(broken: () => boolean): Train {
  return async ({ spec }) => {
    const wide = spec.config.network.hidden[0] === 16;
    if (broken() && wide) throw ApplicationFailure.nonRetryable('no such layer', 'BadConfiguration');
    return trained(spec, wide ? 60 : 50);
  };
}

/** Sends an Update. Returns its answer, or why it was refused. */
function update(workflowId: string, name: string, request?: object): Promise<string> {
  const handle = temporal().client.workflow.getHandle(workflowId);
  return handle
    .executeUpdate<string, [object | undefined]>(name, { args: [request] })
    .catch((error) => innermost(error).message);
}
