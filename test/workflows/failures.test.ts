import { ApplicationFailure } from '@temporalio/activity';
import { describe, it } from 'vitest';
import type { FailureDetails } from '../../activities/failures.ts';
import { QUERIES, UPDATES } from '../../temporal/names.ts';
import type { StudyStatus } from '../../workflows/status.ts';
import { run, type Train, trained, useTemporal } from './run-study.ts';

const temporal = useTemporal();

describe.concurrent('a trial', () => {
  it('that runs out of memory is tried once more with the machine alone', async ({ expect }) => {
    const tries: (boolean | undefined)[] = [];
    const train: Train = async ({ spec, alone }) => {
      if (!isWide(spec)) return trained(spec, 50);
      tries.push(alone);
      if (!alone) throw failed('OutOfMemory');
      return trained(spec, 60);
    };
    const { written } = await run('needs-the-machine', { train }, async (handle) => {
      expect((await handle.result()).winner?.name).toMatch(/^wide_/);
    });
    // The other two are of the second stage: each trial is first tried beside others.
    expect(tries).toEqual([undefined, true, undefined, undefined, true, true]);
    expect(written[0]?.stages[0]?.standings[1]).toMatchObject({ outcome: 'completed', score: 60 });
  });

  it('that runs out of memory alone too waits; skipped, it ranks last and says why', async ({ expect }) => {
    const studyId = 'out-of-memory';
    const train: Train = async ({ spec }) => {
      if (isWide(spec)) throw failed('OutOfMemory', 'no room for the batch');
      return trained(spec, 50);
    };
    const { written } = await run(studyId, { train }, async (handle) => {
      const failure = () => handle.query<StudyStatus>(QUERIES.studyStatus).then(attentionOf);
      await expect.poll(failure).toMatch(/^not enough memory, although .*skip: no room for the batch$/);
      await temporal().client.workflow.getHandle(`${studyId}/width/wide`).executeUpdate(UPDATES.skipTrial);
      await handle.result();
    });
    expect(written[0]?.stages[0]).toMatchObject({
      winner: 'narrow',
      standings: [
        { name: 'narrow' },
        {
          name: 'wide',
          status: 'skipped',
          trialKey: null,
          message: expect.stringMatching(/^not enough memory/),
        },
      ],
    });
  });

  it('waits after failures without progress, and not after as many with new checkpoints in between', async ({
    expect,
  }) => {
    const studyId = 'progresses';
    /** The newest checkpoint's step at each failure. The first attempts get on. */
    const steps = [10, 20, 30, 40, 40, 40];
    let failures = 0;
    const train: Train = async ({ spec }) => {
      if (!isWide(spec) || failures === steps.length) return trained(spec, 50);
      throw failed('TrainerFailed', `failure ${failures + 1}`, { step: steps[failures++] as number });
    };
    await run(studyId, { train }, async (handle) => {
      const failure = () => handle.query<StudyStatus>(QUERIES.studyStatus).then(attentionOf);
      await expect.poll(failure).toBe('failure 6');
      await temporal().client.workflow.getHandle(`${studyId}/width/wide`).executeUpdate(UPDATES.retryTrial);
      await handle.result();
    });
  });

  it('is retried without end if its surroundings have failed', async ({ expect }) => {
    let failures = 0;
    const train: Train = async ({ spec }) => {
      if (failures++ < 20)
        throw ApplicationFailure.create({
          type: 'StoreUnavailable',
          message: 'away',
          nextRetryDelay: '20 ms',
        });
      return trained(spec, 50);
    };
    await run('surrounded', { train }, async (handle) => {
      expect((await handle.result()).winner?.score).toBe(50);
    });
  });

  it('waits at once after a failure that another try would repeat', async ({ expect }) => {
    const studyId = 'configured-badly';
    let tries = 0;
    const train: Train = async ({ spec }) => {
      if (!isWide(spec)) return trained(spec, 50);
      tries++;
      throw failed('BadConfiguration');
    };
    await run(studyId, { train }, async (handle) => {
      const failure = () => handle.query<StudyStatus>(QUERIES.studyStatus).then(attentionOf);
      await expect.poll(failure).toBe('BadConfiguration');
      expect(tries).toBe(1);
      await temporal().client.workflow.getHandle(`${studyId}/width/wide`).executeUpdate(UPDATES.skipTrial);
      await handle.result();
    });
  });
});

// --- helpers ---

function isWide({ config }: Parameters<Train>[0]['spec']): boolean {
  return config.network.hidden[0] === 16;
}

/** As `activities/failures.ts` makes it. */
function failed(type: string, message = type, details: FailureDetails = { step: 0 }): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
}

/** Why the study's only part that needs attention does. */
function attentionOf({ attention }: StudyStatus): string | undefined {
  return Object.values(attention)[0];
}
