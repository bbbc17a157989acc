import { ApplicationFailure, Context, heartbeat } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import type { DatasetProgress } from '../../../activities/prepare-dataset.ts';
import { trialsNamed } from '../../../client/observe/named-trials.ts';
import { nothingSeen, viewStudy } from '../../../client/observe/observe-study.ts';
import { startOrResume } from '../../../client/start/start-study.ts';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import { QUERIES } from '../../../temporal/names.ts';
import { openNamespace } from '../../workflows/namespace.ts';
import { currentDetails, dataset, run, type Train, trained, useTemporal } from '../../workflows/run-study.ts';
import { largerStudy, smallRequest } from '../../workflows/small-study.ts';

const temporal = useTemporal();

it('shows that an attempt failed, why, and when the next one starts; then that it is running', async () => {
  let attempts = 0;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const train: Train = async ({ spec }) => {
    if (spec.config.network.hidden[0] === 16 && ++attempts === 1) {
      // Temporal replaces a failure as large as this with one of its own.
      const failure = ApplicationFailure.create({ message: 'the GPU is gone', nextRetryDelay: '1 second' });
      failure.stack = 'x'.repeat(5000);
      throw failure;
    }
    await finished;
    return trained(spec, 50);
  };
  await run('retried', { train }, async (handle) => {
    const wide = async () =>
      (await viewStudy(temporal().client, 'retried')).stages[0]?.trials.find(({ name }) => name === 'wide');
    await expect.poll(wide).toMatchObject({
      failedAttempt: { attempt: 1, failure: 'the GPU is gone', nextAt: expect.any(String) },
    });
    await expect
      .poll(wide)
      .toMatchObject({ failedAttempt: { attempt: 1, nextAt: null, isNextUnderWay: true } });
    finish();
    await handle.result();
    expect(await wide()).toMatchObject({ state: 'done', failedAttempt: null });
  });
});

it('asks a trial’s workflow again only after new events', async () => {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let trialQueries = 0;
  const { connection, options } = temporal().client;
  const counting = new Client({
    connection,
    namespace: options.namespace,
    interceptors: {
      workflow: [
        {
          query: (input, next) => {
            if (input.queryType === QUERIES.trialStatus) trialQueries++;
            return next(input);
          },
        },
      ],
    },
  });
  const train: Train = async ({ spec }) => {
    await finished;
    return trained(spec, 50);
  };
  await run('seen', { train }, async (handle) => {
    const seen = nothingSeen();
    const queriesOfLook = async () => {
      const before = trialQueries;
      const { stages } = await viewStudy(counting, 'seen', seen);
      return { queries: trialQueries - before, epochs: stages[0]?.trials.map(({ epochs }) => epochs) };
    };
    await expect.poll(queriesOfLook).toEqual({ queries: 0, epochs: [2, 2] });
    finish();
    await handle.result();
    const { stages } = await viewStudy(counting, 'seen', seen);
    expect(stages[0]?.trials.map(({ standing }) => standing?.score)).toEqual([50, 50]);
  });
});

it('shows how the data set is prepared, and the message of the activity that made the study fail', async () => {
  let refuse = () => {};
  const refused = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  const prepareDataset = async () => {
    heartbeat({ doing: 'fetching it' } satisfies DatasetProgress);
    await refused;
    throw ApplicationFailure.create({
      message: "the archive can't be downloaded; name one",
      nonRetryable: true,
      cause: new Error('connect ECONNREFUSED'),
    });
  };
  // The shared workers have an activity of their own for this.
  const own = await openNamespace();
  const activities = { control: { prepareDataset }, training: { train: unused } };
  await own.withWorkers(activities, async () => {
    await startOrResume(own.client, smallRequest(), { id: 'without-data' });
    const view = () => viewStudy(own.client, 'without-data');
    await expect.poll(view).toMatchObject({
      workflowStatus: 'RUNNING',
      datasetProgress: { doing: 'fetching it' },
    });
    refuse();
    await expect.poll(view).toMatchObject({
      workflowStatus: 'FAILED',
      failure: "the archive can't be downloaded; name one",
      dataset: null,
    });
    const page = await currentDetails(own.client, 'without-data');
    expect(page).toContain("**Failed**: the archive can't be downloaded; name one");
    expect(page).toContain('Data: not prepared');
  });
  await own.close();
});

it('finds a trial that a long search no longer lists', async () => {
  const studyId = 'unlisted';
  const request = { ...smallRequest(), study: parseStudy(largerStudy, 'larger') };
  await run(studyId, { train: async ({ spec }) => trained(spec, 50), request }, async (handle) => {
    await handle.result();
    const { stages } = await viewStudy(temporal().client, studyId);
    const view = { studyId, stages: stages.map((stage) => ({ ...stage, trials: stage.trials.slice(0, 1) })) };
    const found = (name: string) => trialsNamed(temporal().client, view, name);
    const trial = { stage: 'search', state: 'done', standing: { score: 50 } };
    expect(await found('narrow_search_02')).toMatchObject([trial]);
    expect(await found('search/narrow_search_02')).toMatchObject([trial]);
    expect(await found('rate/narrow_search_02')).toEqual([]);
    expect(await found('narrow_search_99')).toEqual([]);
  });
});

it.each([
  ['CANCELLED', 'cancel'],
  ['TERMINATED', 'terminate'],
] as const)('shows that a study was %s, without progress or attention', async (workflowStatus, end) => {
  const studyId = `study-${end}`;
  const train: Train = async ({ spec }) => {
    if (spec.config.network.hidden[0] === 16)
      throw ApplicationFailure.nonRetryable('no such layer', 'BadConfiguration');
    return Context.current().cancelled;
  };
  await run(studyId, { train }, async (handle) => {
    const view = () => viewStudy(temporal().client, studyId);
    await expect.poll(view).toMatchObject({ attention: [{ name: 'wide' }] });
    await handle[end]();
    await expect.poll(view).toMatchObject({
      workflowStatus,
      attention: [],
      stages: [
        {
          state: 'cancelled',
          trials: [
            { name: 'narrow', state: 'cancelled', progress: undefined },
            { name: 'wide', state: 'cancelled', failure: null },
          ],
        },
        { state: 'waiting' },
        { state: 'waiting' },
      ],
    });
    const { client } = temporal();
    await expect.poll(() => currentDetails(client, `${studyId}/width`)).toContain('**Cancelled**');
    const trial = await currentDetails(client, `${studyId}/width/wide`);
    expect(trial).toContain('**wide**: cancelled before it had a result');
  });
});

it('shows what a search drew and how many evaluations are planned, also after its stage has ended', async () => {
  const request = { ...smallRequest(), study: parseStudy(largerStudy, 'larger') };
  await run('drawn', { train: async ({ spec }) => trained(spec, 50), request }, async (handle) => {
    await handle.result();
    const { stages } = await viewStudy(temporal().client, 'drawn');
    const search = stages.find(({ name }) => name === 'search');
    expect(search?.evaluations).toBe(3);
    // The profile divides epochs by five. The first trial is the winner that the search started from.
    expect(search?.trials.map(({ drawn }) => drawn)).toEqual([
      null,
      { learningRate: 0.001, epochs: 4 },
      { learningRate: 0.002, epochs: 4 },
      { learningRate: 0.003, epochs: 4 },
    ]);
    const others = stages.filter(({ name }) => name !== 'search').flatMap(({ trials }) => trials);
    expect(others.filter(({ drawn }) => drawn)).toEqual([]);
  });
});

it('shows how many images the profile uses', async () => {
  await run('images', { train: async ({ spec }) => trained(spec, 50) }, async (handle) => {
    await handle.result();
    const { images } = await viewStudy(temporal().client, 'images');
    // The data set of the fakes has 1,000 and 50.
    expect(dataset).toMatchObject({ trainImages: 1000, testImages: 50 });
    expect(images).toEqual({ training: 200, test: 50 });
  });
});

// --- helpers ---

async function unused(): Promise<never> {
  throw new Error('expected no training');
}
