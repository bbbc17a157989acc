import { Context } from '@temporalio/activity';
import { describe, it } from 'vitest';
import { QUERIES, UPDATES } from '../../temporal/names.ts';
import type { StudyStatus, TrialStatus } from '../../workflows/status.ts';
import {
  countWorkflows,
  currentDetails,
  innermost,
  run,
  type Train,
  trained,
  useTemporal,
} from './run-study.ts';

const temporal = useTemporal();

describe.concurrent('a study', () => {
  it('that is paused stops its trainers and starts nothing; resumed, it continues', async ({ expect }) => {
    const studyId = 'pauses';
    let training = 0;
    let isHeld = true;
    const train: Train = async ({ spec }) => {
      training++;
      try {
        if (isHeld) await Context.current().cancelled;
        return trained(spec, 50);
      } finally {
        training--;
      }
    };
    await run(studyId, { train }, async (handle) => {
      await expect.poll(() => training).toBe(2);
      expect(await send(studyId, UPDATES.pauseStudy)).toBe('pauses: paused');
      await expect.poll(() => training).toBe(0);
      isHeld = false;
      for (const trial of ['narrow', 'wide'])
        await expect.poll(() => stateOf(`${studyId}/width/${trial}`)).toBe('paused');
      expect(await handle.query<StudyStatus>(QUERIES.studyStatus)).toMatchObject({ isPaused: true });
      expect(await currentDetails(temporal().client, studyId)).toContain(
        '**Paused**: no trial trains or starts. To continue: `npx staged-study resume pauses`',
      );
      expect(await currentDetails(temporal().client, `${studyId}/width/wide`)).toContain(
        '**wide**: paused with its study',
      );
      const query = `Paused = true AND WorkflowId = '${studyId}'`;
      await expect.poll(() => countWorkflows(query)).toBe(1);
      expect(await send(studyId, UPDATES.pauseStudy)).toBe('pauses: it is already paused');

      expect(await send(studyId, UPDATES.resumeStudy)).toBe('pauses: resumed');
      expect((await handle.result()).winner?.name).toBe('narrow_fast');
    });
  });

  it('that is paused between two stages starts the next one when it is resumed', async ({ expect }) => {
    const studyId = 'pauses-between';
    let isNarrowTraining = () => {};
    const narrowTrains = new Promise<void>((resolve) => {
      isNarrowTraining = resolve;
    });
    let pausing: Promise<string> | undefined;
    const train: Train = async ({ spec }) => {
      // What trains is stopped, but these two end before they notice.
      if (spec.config.network.hidden[0] === 8) isNarrowTraining();
      else await narrowTrains.then(() => (pausing ??= send(studyId, UPDATES.pauseStudy)));
      return trained(spec, 50);
    };
    await run(studyId, { train }, async (handle) => {
      const states = async () => {
        const { stages } = await handle.query<StudyStatus>(QUERIES.studyStatus);
        return stages.map(({ state }) => state);
      };
      await expect.poll(states).toEqual(['done', 'waiting', 'waiting']);
      expect(await send(studyId, UPDATES.pauseStudy)).toMatch(/already paused/);
      expect(await states()).toEqual(['done', 'waiting', 'waiting']);
      await send(studyId, UPDATES.resumeStudy);
      await handle.result();
    });
  });

  it('that is not paused can not be resumed', async ({ expect }) => {
    const studyId = 'not-paused';
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const train: Train = async ({ spec }) => {
      await held;
      return trained(spec, 50);
    };
    await run(studyId, { train }, async (handle) => {
      expect(await send(studyId, UPDATES.resumeStudy)).toBe('not-paused: it is not paused');
      release();
      await handle.result();
    });
  });

  it('that is cancelled during a pause ends', async ({ expect }) => {
    const studyId = 'cancelled-in-pause';
    let training = 0;
    const train: Train = async () => {
      training++;
      return Context.current().cancelled;
    };
    await run(studyId, { train }, async (handle) => {
      await expect.poll(() => training).toBe(2);
      await send(studyId, UPDATES.pauseStudy);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect(await stateOf(`${studyId}/width/wide`)).toBe('cancelled');
    });
  });
});

// --- helpers ---

function stateOf(workflowId: string): Promise<TrialStatus['state']> {
  const handle = temporal().client.workflow.getHandle(workflowId);
  return handle.query<TrialStatus>(QUERIES.trialStatus).then(({ state }) => state);
}

/** Sends an Update to a study. Returns its answer, or why it was refused. */
function send(studyId: string, name: string): Promise<string> {
  const handle = temporal().client.workflow.getHandle(studyId);
  return handle.executeUpdate<string, []>(name, { args: [] }).catch((error) => innermost(error).message);
}
