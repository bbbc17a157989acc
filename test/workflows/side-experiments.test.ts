import { ApplicationFailure, Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { describe, it } from 'vitest';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { QUERIES, UPDATES } from '../../temporal/names.ts';
import type { StudyStatus } from '../../workflows/status.ts';
import { countNeedingAttention, currentDetails, run, type Train, trained, useTemporal } from './run-study.ts';
import { largerStudy } from './small-study.ts';

const temporal = useTemporal();
const request = {
  study: parseStudy(largerStudy, 'larger'),
  profile: 'tiny',
  source: { archive: null },
  weights: { file: null },
};
const isOfLeakage = ({ config }: TrialSpec) => config.validationFlip;

describe.concurrent('side experiments', () => {
  it('start when what they train again is known, and neither the other stages nor the test wait for them', async ({
    expect,
  }) => {
    const studyId = 'beside';
    const started: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const train: Train = async ({ spec }) => {
      started.push(isOfLeakage(spec) ? 'leakage' : spec.repetition > 0 ? 'again' : 'ranked');
      if (isOfLeakage(spec) || spec.repetition > 0) await held;
      return trained(spec, 50);
    };
    const { written, tested } = await run(studyId, { train, request }, async (handle) => {
      const states = async () => {
        const { stages, test } = await handle.query<StudyStatus>(QUERIES.studyStatus);
        return [...stages.map(({ name, state }) => `${name} ${state}`), test?.accuracy];
      };
      await expect
        .poll(states)
        .toEqual([
          'width done',
          'rate done',
          'search done',
          'dropout done',
          'leakage running',
          'again running',
          'test done',
          55,
        ]);
      const page = await currentDetails(temporal().client, studyId);
      expect(page).toContain('5. **leakage** (running)');
      expect(started.indexOf('leakage')).toBeLessThan(started.lastIndexOf('ranked'));
      release();
      await handle.result();
    });
    expect(tested).toHaveLength(1);
    expect(written[0]?.stages.map(({ name, standings }) => [name, standings.length])).toEqual([
      ['width', 2],
      ['rate', 3],
      ['search', 4],
      ['dropout', 2],
      ['leakage', 1],
      ['again', 1],
    ]);
  });

  it('wait for a person if they fail, while the other stages continue, and the study waits for them', async ({
    expect,
  }) => {
    const studyId = 'parked-beside';
    const train: Train = async ({ spec }) => {
      if (isOfLeakage(spec)) throw ApplicationFailure.nonRetryable('no such layer', 'BadConfiguration');
      return trained(spec, 50);
    };
    const { written } = await run(studyId, { train, request }, async (handle) => {
      const status = () => handle.query<StudyStatus>(QUERIES.studyStatus);
      await expect.poll(() => status().then(({ test }) => test?.accuracy)).toBe(55);
      await expect.poll(() => countNeedingAttention(studyId)).toBe(3);
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await temporal()
        .client.workflow.getHandle(`${studyId}/leakage/wide_leakage`)
        .executeUpdate(UPDATES.skipTrial);
      await handle.result();
    });
    const leakage = written[0]?.stages.find(({ name }) => name === 'leakage');
    expect(leakage?.standings).toMatchObject([{ name: 'wide_leakage', status: 'skipped' }]);
  });

  it('fail the study if a person cancels one, but only when the other stages have ended', async ({
    expect,
  }) => {
    const studyId = 'cancelled-beside';
    let isTraining = false;
    const train: Train = async ({ spec }) => {
      if (!isOfLeakage(spec)) return trained(spec, 50);
      isTraining = true;
      return await Context.current().cancelled;
    };
    const { tested } = await run(studyId, { train, request }, async (handle) => {
      const stage = temporal().client.workflow.getHandle(`${studyId}/leakage`);
      await expect.poll(() => isTraining).toBe(true);
      await stage.cancel();
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      expect((await stage.describe()).status.name).toBe('CANCELLED');
      const page = await currentDetails(temporal().client, studyId);
      expect(page).toContain('**Failed**: one of its child workflows was cancelled');
      expect(page).toContain('**leakage** (cancelled before it had ended)');
      expect(page).toContain('**dropout** (done)');
    });
    expect(tested).toHaveLength(1);
  });

  it('are cancelled with their study, which ends when all trainers have stopped', async ({ expect }) => {
    const studyId = 'all-cancelled';
    let training = 0;
    const train: Train = async ({ spec }) => {
      const isFirstStage = spec.config.learningRate === 0.02 && !isOfLeakage(spec);
      if (isFirstStage) return trained(spec, 50);
      training++;
      try {
        return await Context.current().cancelled;
      } finally {
        // Its trainer takes a while to stop.
        if (isOfLeakage(spec)) await new Promise((resolve) => setTimeout(resolve, 500));
        training--;
      }
    };
    await run(studyId, { train, request }, async (handle) => {
      await expect.poll(() => training).toBe(3);
      await handle.cancel();
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      expect(training).toBe(0);
      for (const id of [`${studyId}/rate`, `${studyId}/leakage`]) {
        const description = await temporal().client.workflow.getHandle(id).describe();
        expect(description.status.name).toBe('CANCELLED');
      }
    });
  });
});
