import { ApplicationFailure, Context, heartbeat } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlActivities } from '../../activities/control-activities.ts';
import type { TrainReport } from '../../activities/train.ts';
import { CONTROL_QUEUE, QUERIES, UPDATES } from '../../study/temporal-names.ts';
import type { TrialSpec } from '../../study/trial.ts';
import { trialKey } from '../../study/trial-key.ts';
import type { StudyStatus, studyWorkflow } from '../../workflows/study-workflow.ts';
import { recordHistories } from './histories.ts';
import { openNamespace } from './namespace.ts';
import { smallRequest } from './small-study.ts';

let temporal: Awaited<ReturnType<typeof openNamespace>>;
beforeAll(async () => {
  temporal = await openNamespace();
});
afterAll(() => temporal.close());

const dataset = {
  sha256: 'd'.repeat(64),
  trainImages: 1000,
  testImages: 50,
  origin: { kind: 'other' as const },
};

describe('studyWorkflow', () => {
  it('runs each stage from the winner of the one before, and tests the last winner', async () => {
    const { specs, written, tested, outcome } = await runStudy('promotes', (spec) =>
      // The wide network wins, then the slow rate.
      trained(spec, spec.config.network.hidden[0] === 16 ? 60 - spec.config.learningRate : 50),
    );

    expect(specs.map(({ config }) => [config.network.hidden[0], config.learningRate])).toEqual(
      expect.arrayContaining([
        [8, 0.02],
        [16, 0.02],
        [16, 0.05],
        [16, 0.01],
      ]),
    );
    expect(outcome.winner).toMatchObject({ name: 'wide_slow', score: 59.99 });
    expect(tested).toMatchObject([
      { studyId: 'promotes', testImages: 50, spec: { config: { learningRate: 0.01 } } },
    ]);
    expect(written[0]?.stages.map(({ name, winner }) => [name, winner])).toEqual([
      ['width', 'wide'],
      ['rate', 'wide_slow'],
    ]);
  });

  it('scales epochs and images by the profile, and gives every trial the same seed and split', async () => {
    const { specs } = await runStudy('scales', (spec) => trained(spec, 50));
    for (const spec of specs) {
      expect(spec.config.epochs).toBe(2);
      expect(spec).toMatchObject({ seed: 1, repetition: 0, initialWeights: 'scratch', numerics: 7 });
      expect(spec.data).toEqual({
        dataset: dataset.sha256,
        trainImages: 200,
        validationFraction: 0.2,
        splitSeed: 1,
      });
    }
  });

  it('lets a tie go to the earlier candidate', async () => {
    const { outcome } = await runStudy('ties', (spec) => trained(spec, 50));
    expect(outcome.winner?.name).toBe('narrow_fast');
  });

  it('ranks a diverged trial last and goes on', async () => {
    const { outcome } = await runStudy('diverges', (spec) =>
      spec.config.network.hidden[0] === 8 ? trained(spec, null) : trained(spec, 10),
    );
    expect(outcome.winner?.name).toBe('wide_fast');
  });

  it('fails with the reason where no trial of a stage has a score', async () => {
    await expect(runStudy('hopeless', (spec) => trained(spec, null))).rejects.toSatisfy((error) => {
      expect(error).toBeInstanceOf(WorkflowFailedError);
      expect(innermost(error).message).toMatch(/stage width: .* narrow diverged, wide diverged/);
      return true;
    });
  });

  it('schedules a trial again whose worker was shut down', async () => {
    let interruptions = 0;
    const { outcome } = await runStudy('interrupted', (spec) =>
      interruptions++ < 10 ? { status: 'interrupted' } : trained(spec, 50),
    );
    expect(outcome.winner?.score).toBe(50);
  });

  it('parks a trial that fails for good until a person has it retried, and shows where', async () => {
    let broken = true;
    const studyId = 'parks';
    await run(
      studyId,
      failWhile(() => broken),
      async (handle) => {
        const trial = temporal.client.workflow.getHandle(`${studyId}/width/wide`);
        await expect
          .poll(() => handle.query<StudyStatus>(QUERIES.studyStatus).then(({ attention }) => attention), {
            timeout: 10_000,
          })
          .toEqual({ [`${studyId}/width/wide`]: 'no such layer' });
        await expect.poll(() => countNeedingAttention(studyId), { timeout: 10_000 }).toBe(2);

        broken = false;
        await trial.executeUpdate(UPDATES.retryTrial, { args: [] });
        expect((await handle.result()).winner?.name).toMatch(/^wide_/);
        expect(await countNeedingAttention(studyId)).toBe(0);
      },
    );
  });

  it('leaves a parked trial out that a person skips', async () => {
    const studyId = 'skips';
    await run(
      studyId,
      failWhile(() => true),
      async (handle) => {
        const trial = temporal.client.workflow.getHandle(`${studyId}/width/wide`);
        await expect.poll(() => countNeedingAttention(studyId), { timeout: 10_000 }).toBe(2);
        await trial.executeUpdate(UPDATES.skipTrial, { args: [] });
        expect((await handle.result()).winner?.name).toMatch(/^narrow_/);
      },
    );
  });

  it('refuses to retry a trial that is not parked', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const train = async ({ spec }: { spec: TrialSpec }) => {
      await held;
      return trained(spec, 50);
    };
    await run('refuses', train, async (handle) => {
      const trial = temporal.client.workflow.getHandle('refuses/width/wide');
      await expect
        .poll(
          () =>
            trial.describe().then(
              () => true,
              () => false,
            ),
          { timeout: 10_000 },
        )
        .toBe(true);
      const refused = await trial.executeUpdate(UPDATES.retryTrial, { args: [] }).catch((error) => error);
      expect(innermost(refused).message).toMatch(/expected one that waits for attention/);
      release();
      await handle.result();
    });
  });

  it('cancels its trials with it', async () => {
    const cancelled: string[] = [];
    const train = async ({ spec }: { spec: TrialSpec }): Promise<TrainReport> => {
      try {
        return await Context.current().cancelled;
      } finally {
        cancelled.push(trialKey(spec));
      }
    };
    await run('cancelled', train, async (handle) => {
      const trial = temporal.client.workflow.getHandle('cancelled/width/wide');
      await expect
        .poll(
          () =>
            trial.describe().then(
              () => true,
              () => false,
            ),
          { timeout: 10_000 },
        )
        .toBe(true);
      await handle.cancel();
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      await expect
        .poll(() => trial.describe().then(({ status }) => status.name), { timeout: 10_000 })
        .toBe('CANCELLED');
      expect(cancelled.length).toBe(2);
    });
  });
});

// --- helpers ---

type Handle = Awaited<ReturnType<typeof start>>;
type Train = (input: { spec: TrialSpec }) => Promise<TrainReport>;
type Written = Parameters<ControlActivities['writeRecord']>[0];

function start(studyId: string) {
  return temporal.client.workflow.start<typeof studyWorkflow>('studyWorkflow', {
    workflowId: studyId,
    taskQueue: CONTROL_QUEUE,
    args: [smallRequest()],
  });
}

async function run(studyId: string, train: Train, use: (handle: Handle) => Promise<void>) {
  const written: Written[] = [];
  const tested: unknown[] = [];
  await temporal.withWorkers(
    {
      control: {
        prepareDataset: async () => dataset,
        openStudy: async () => ({ numerics: 7 }),
        writeRecord: async (record) => {
          written.push(record);
          return { recordKey: `studies/${studyId}/record.json` };
        },
      },
      training: {
        train: async (input) => {
          // A cancellation comes back with a heartbeat.
          const beat = setInterval(() => heartbeat(), 100);
          return train(input).finally(() => clearInterval(beat));
        },
        evaluateTest: async (job) => {
          tested.push(job);
          return { images: 50, accuracy: 55, loss: 1 };
        },
      },
    },
    async () => {
      await use(await start(studyId));
      if (process.env.RECORD_HISTORIES) await recordHistories(temporal.client, studyId);
    },
  );
  return { written, tested };
}

async function runStudy(studyId: string, report: (spec: TrialSpec) => TrainReport) {
  const specs: TrialSpec[] = [];
  let outcome: Awaited<ReturnType<typeof studyWorkflow>> | undefined;
  const rest = await run(
    studyId,
    async ({ spec }) => {
      specs.push(spec);
      return report(spec);
    },
    async (handle) => {
      outcome = await handle.result();
    },
  );
  if (!outcome) throw new Error('the study gave no outcome');
  return { specs, outcome, ...rest };
}

/** The wide network fails, in a way that trying again does not help, as long as `broken` says so. */
function failWhile(broken: () => boolean): Train {
  return async ({ spec }) => {
    if (broken() && spec.config.network.hidden[0] === 16) {
      throw ApplicationFailure.nonRetryable('no such layer', 'BadConfiguration');
    }
    return trained(spec, spec.config.network.hidden[0] === 16 ? 60 : 50);
  };
}

function trained(spec: TrialSpec, score: number | null): TrainReport {
  const outcome = score === null ? 'diverged' : 'completed';
  return {
    status: 'trained',
    result: { trialKey: trialKey(spec), outcome, score, bestEpoch: 1, reused: false },
  };
}

async function countNeedingAttention(studyId: string): Promise<number> {
  const query = `NeedsAttention = true AND StudyId = '${studyId}' OR NeedsAttention = true AND WorkflowId = '${studyId}'`;
  return (await temporal.client.workflow.count(query)).count;
}

function innermost(error: unknown): Error {
  let cause = error as Error;
  while (cause.cause instanceof Error) cause = cause.cause;
  return cause;
}
