import { ApplicationFailure, Context } from '@temporalio/activity';
import { it } from 'vitest';
import { type Asked, createSuggest } from '../../activities/suggest.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { readSearchLog } from '../../storage/searches.ts';
import { parseStudy, selectProfile } from '../../study/definition/parse-study.ts';
import { searchSuffix } from '../../study/definition/possible-names.ts';
import type { SearchStage } from '../../study/definition/stage-schema.ts';
import { defaultSettings } from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { CONTROL_QUEUE, QUERIES } from '../../temporal/names.ts';
import type { SearchPlan, SearchState, StageInput, StageOutcome } from '../../workflows/stage/stage-input.ts';
import type { stageWorkflow } from '../../workflows/stage/stage-workflow.ts';
import type { StageStatus } from '../../workflows/status.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { countNeedingAttention, dataset, run, type Train, trained, useTemporal } from './run-study.ts';
import { smallRequest, smallStudy } from './small-study.ts';

const temporal = useTemporal();

it.concurrent('rounds suggest the same, whichever trial of a round ends first', async ({ expect }) => {
  const rates: number[][] = [];
  for (const isReversed of [false, true]) {
    const studyId = `rounds-${isReversed}`;
    // The start-up, then two rounds.
    const portions = [3, 3, 2].map((size) => portionOf(size, isReversed, () => endedOf(studyId)));
    const train: Train = async ({ spec }) => {
      if (isSearched(spec)) await portions.find(({ isFull }) => !isFull())?.turn();
      return trained(spec, scoreOf(spec));
    };
    const sampler = { kind: 'tpe', startUp: 3 } as const;
    const request = requestOf({ evaluations: 8, parallel: 3, sampler });
    const suggest = createSuggest({ store: createMemoryStore() });
    const { written } = await run(studyId, { train, request, suggest }, async (handle) => {
      await handle.result();
    });
    const standings = written[0]?.stages.find(({ name }) => name === 'search')?.standings ?? [];
    rates.push(standings.map(({ suggestion }) => suggestion?.learningRate ?? 0));
  }
  expect(rates[0]).toHaveLength(9);
  expect(rates[1]).toEqual(rates[0]);
});

it.concurrent('an async search suggests one whenever one has ended, and records the order of the ends', async ({
  expect,
}) => {
  const store = createMemoryStore();
  let allBegan = () => {};
  const allBegun = new Promise<void>((resolve) => {
    allBegan = resolve;
  });
  let begun = 0;
  const train: Train = async ({ spec }) => {
    if (isSearched(spec) && ++begun === 6) allBegan();
    // The first evaluation ends last, though the second may begin before it.
    if (currentTrial().endsWith(searchSuffix(0))) await allBegun;
    return trained(spec, scoreOf(spec));
  };
  const sampler = { kind: 'tpe', startUp: 1 } as const;
  const request = requestOf({ evaluations: 6, parallel: 2, order: 'async', sampler });
  await run('async', { train, request, suggest: createSuggest({ store }) }, async (handle) => {
    await handle.result();
  });
  const log = (await readSearchLog(store, 'async', 'search'))?.value;
  const order = log?.arrivals.map(({ number }) => number);
  expect(order?.slice(0, 4)).toEqual([1, 2, 3, 4]);
  expect(order?.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
});

it.concurrent('a search learns from the mean of the runs that each configuration has', async ({ expect }) => {
  const store = createMemoryStore();
  const request = requestOf({
    evaluations: 6,
    repeats: 2,
    sampler: { kind: 'tpe', startUp: 4 },
    parallel: 2,
  });
  const train: Train = async ({ spec }) => trained(spec, scoreOf(spec) + spec.seed);
  const suggest = createSuggest({ store });
  const { stages } = await run('repeated-search', { train, request, suggest }, async (handle) => {
    await handle.result();
  });
  const log = (await readSearchLog(store, 'repeated-search', 'search'))?.value;
  expect(log?.arrivals).toHaveLength(6);
  for (const { score, standings } of log?.arrivals ?? []) {
    const [first, second] = standings;
    expect(second?.name).toBe(`${first?.name}@2`);
    // The seeds are 1 and 2.
    expect(second!.score! - first!.score!).toBeCloseTo(1, 10);
    expect(score).toBeCloseTo(first!.score! + 0.5, 10);
  }
  // With the start and the run that it lacks.
  expect(stages.get('search')?.standings).toHaveLength(14);
});

it.concurrent('a search ends with what it has when its epochs are used up', async ({ expect }) => {
  const train: Train = async ({ spec }) => trained(spec, scoreOf(spec));
  // Ten epochs each, of which the profile trains two: three evaluations fit into 34.
  const request = requestOf({ evaluations: 8, budget: { epochs: 34 } });
  const suggest = createSuggest({ store: createMemoryStore() });
  const { stages } = await run('few-epochs', { train, request, suggest }, async (handle) => {
    await handle.result();
    const status = await handle.query<{ stages: { name: string; searchEnd?: object }[] }>(
      QUERIES.studyStatus,
    );
    expect(status.stages.find(({ name }) => name === 'search')?.searchEnd).toEqual({
      end: 'budget',
      evaluations: 3,
    });
  });
  expect(stages.get('search')).toMatchObject({ search: { end: 'budget', evaluations: 3 } });
  expect(stages.get('search')?.standings).toHaveLength(4);
});

it.concurrent('a search stops what trains when its time is over, and the study goes on', async ({
  expect,
}) => {
  let count = 0;
  const train: Train = async ({ spec }) => {
    // Of the search, only the first two end by themselves; the heartbeat brings the cancellation.
    if (isSearched(spec) && ++count > 2) return Context.current().cancelled;
    return trained(spec, scoreOf(spec));
  };
  const request = requestOf({ evaluations: 5, budget: { hours: 4 / 3600 } });
  const suggest = createSuggest({ store: createMemoryStore() });
  const { stages, tested } = await run('short', { train, request, suggest }, async (handle) => {
    await handle.result();
  });
  expect(stages.get('search')).toMatchObject({ search: { end: 'budget', evaluations: 2, stopped: 3 } });
  expect(stages.get('search')?.standings).toHaveLength(3);
  expect(tested).toHaveLength(1);
});

it.concurrent('a trial that waits for a person when the time is over no longer does', async ({ expect }) => {
  const train: Train = async ({ spec }) => {
    if (isSearched(spec)) throw ApplicationFailure.nonRetryable('too large', 'BadConfiguration');
    return trained(spec, scoreOf(spec));
  };
  const request = requestOf({ evaluations: 1, budget: { hours: 3 / 3600 } });
  const suggest = createSuggest({ store: createMemoryStore() });
  await run('parked-at-the-end', { train, request, suggest }, async (handle) => {
    await handle.result();
    const { attention } = await handle.query<{ attention: object }>(QUERIES.studyStatus);
    expect(attention).toEqual({});
    await expect.poll(() => countNeedingAttention('parked-at-the-end')).toBe(0);
  });
});

it.concurrent('a search continues as new, with little in its history, and finds the same', async ({
  expect,
}) => {
  const outcomes: StageOutcome[] = [];
  /** In the history of the workflow's last run. */
  const events: number[] = [];
  for (const evaluationsARun of [4, 100]) {
    const studyId = `long-${evaluationsARun}`;
    const asked: Asked[] = [];
    const recorded = createSuggest({ store: createMemoryStore() });
    const suggest = async (each: Asked) => {
      asked.push(each);
      return recorded(each);
    };
    const train: Train = async ({ spec }) => trained(spec, scoreOf(spec));
    await run(studyId, { train, request: smallRequest(), suggest }, async (handle) => {
      await handle.result();
      const plan = { evaluations: 13, parallel: 3, evaluationsARun };
      const stage = await startStage(studyId, inputOf(studyId, plan));
      outcomes.push(await stage.result());
      const last = temporal().client.workflow.getHandle(`${studyId}/search`);
      const { trials, search } = await last.query<StageStatus>(QUERIES.stageStatus);
      expect(trials).toHaveLength(14);
      expect(search).toMatchObject({ ended: 13, end: { end: 'completed', evaluations: 13 } });
      const { raw } = await last.describe();
      events.push(Number(raw.workflowExecutionInfo?.historyLength));
      // No message repeats what has ended.
      expect(asked.flatMap(({ arrivals }) => arrivals)).toHaveLength(13);
    });
  }
  expect(outcomes[0]?.winner?.name).toMatch(/^narrow_search/);
  expect(outcomes[0]).toEqual(outcomes[1]);
  const [few = 0, all = 0] = events;
  expect(few).toBeLessThan(all / 2);
});

it.concurrent('a search that continues as new stays paused', async ({ expect }) => {
  const studyId = 'paused-for-long';
  const searched: TrialSpec[] = [];
  const train: Train = async ({ spec }) => {
    if (isSearched(spec)) searched.push(spec);
    return trained(spec, scoreOf(spec));
  };
  const suggest = createSuggest({ store: createMemoryStore() });
  await run(studyId, { train, request: smallRequest(), suggest }, async (handle) => {
    await handle.result();
    searched.length = 0;
    const input = inputOf(studyId, { evaluations: 8, parallel: 2, evaluationsARun: 4 });
    const stage = await startStage(studyId, { ...input, continued: { ...BEGINNING, isPaused: true } });
    const rows = async () => (await stage.query<StageStatus>(QUERIES.stageStatus)).trials.length;
    await expect.poll(rows).toBe(3);
    expect(searched).toEqual([]);
    await stage.signal('pause', false);
    expect((await stage.result()).search).toEqual({ end: 'completed', evaluations: 8 });
    expect(searched).toHaveLength(8);
  });
});

it.concurrent('a search may choose its network, and what that starts from', async ({ expect }) => {
  const specs: TrialSpec[] = [];
  const train: Train = async ({ spec }) => {
    specs.push(spec);
    return trained(spec, scoreOf(spec));
  };
  const space: SearchStage['space'] = {
    network: { kind: 'choice', options: ['narrow', 'wide'] },
    optimizer: { kind: 'choice', options: [{ kind: 'sgd', momentum: 0.9 }] },
    'optimizer.momentum': { kind: 'uniform', low: 0.1, high: 0.2 },
  };
  const request = requestOf({ evaluations: 6, space });
  const suggest = createSuggest({ store: createMemoryStore() });
  const { stages } = await run('networks', { train, request, suggest }, async (handle) => {
    await handle.result();
  });
  const searched = specs.filter(
    ({ config }) => 'momentum' in config.optimizer && config.optimizer.momentum < 0.5,
  );
  expect(new Set(searched.map(({ config }) => JSON.stringify(config.network)))).toEqual(
    new Set(['{"kind":"dense","hidden":[8]}', '{"kind":"dense","hidden":[16]}']),
  );
  const [, one] = stages.get('search')?.standings ?? [];
  expect(one?.suggestion).toMatchObject({
    network: expect.stringMatching(/narrow|wide/),
    optimizer: { kind: 'sgd', momentum: expect.any(Number) },
  });
});

// --- helpers ---

const SPACE: SearchStage['space'] = { learningRate: { kind: 'loguniform', low: 0.03, high: 1 } };

/** A stage of two candidates, a search from its winner, and the test. */
function requestOf(search: Partial<SearchStage>): StudyRequest {
  const stage = {
    kind: 'search',
    name: 'search',
    question: 'Which rate?',
    from: 'width',
    space: SPACE,
  } as const;
  const stages = [
    smallStudy.stages[0]!,
    { evaluations: 4, ...stage, ...search },
    { kind: 'test', name: 'test', question: 'How good is it?', from: 'search' } as const,
  ];
  return { ...smallRequest(), study: parseStudy({ ...smallStudy, stages }, 'searching') };
}

/** The id of the workflow whose activity runs. */
function currentTrial(): string {
  return Context.current().info.workflowExecution?.workflowId ?? '';
}

function isSearched({ config }: TrialSpec): boolean {
  return config.learningRate >= 0.03;
}

/** Best at a rate of 0.2; narrow networks win. */
function scoreOf({ config }: TrialSpec): number {
  return 90 - 20 * Math.abs(Math.log10(config.learningRate / 0.2)) - config.network.hidden[0]! / 100;
}

/** Trials of a portion wait until all of it train, and then end one after another. */
function portionOf(size: number, isReversed: boolean, ended: () => Promise<number>) {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return { isFull: () => taken === size, turn };

  async function turn(): Promise<void> {
    taken++;
    const turned = new Promise<void>((resolve) => waiting.push(resolve));
    if (taken === size) void release();
    await turned;
  }

  async function release(): Promise<void> {
    for (const end of isReversed ? waiting.toReversed() : waiting) {
      const before = await ended();
      end();
      while ((await ended()) === before) {}
    }
  }
}

/** How many evaluations of a study's search have ended. */
async function endedOf(studyId: string): Promise<number> {
  const stage = temporal().client.workflow.getHandle(`${studyId}/search`);
  return (await stage.query<StageStatus>(QUERIES.stageStatus)).search?.ended ?? 0;
}

function startStage(studyId: string, input: StageInput) {
  return temporal().client.workflow.start<typeof stageWorkflow>('stageWorkflow', {
    workflowId: `${studyId}/search`,
    taskQueue: CONTROL_QUEUE,
    args: [input],
  });
}

const START = {
  name: 'narrow',
  trialKey: null,
  status: 'trained',
  outcome: 'completed',
  score: 1,
  bestEpoch: 1,
  reused: false,
  takenOver: true,
  of: null,
  suggestion: null,
  override: null,
  message: null,
} as const;

const BEGINNING: SearchState = {
  suggested: 0,
  arrived: 0,
  ended: 0,
  seeds: 0,
  epochs: 0,
  leftMs: null,
  isPaused: false,
  rows: [{ name: 'narrow', epochs: null, standing: START, failure: null, drawn: null }],
};

/** A search by itself, without a study above it. */
function inputOf(studyId: string, plan: Partial<SearchPlan>): StageInput {
  const profile = selectProfile(smallRequest().study, 'tiny');
  const settings = asTrained({ ...defaultSettings, epochs: 10 }, profile);
  const config = { ...settings, network: { kind: 'dense' as const, hidden: [8] } };
  const data = { dataset: dataset.sha256, trainImages: 200, validationFraction: 0.2, splitSeed: 1 };
  return {
    studyId,
    stage: 'search',
    kind: 'search',
    question: 'Which rate?',
    start: [START],
    trials: [],
    promotes: true,
    search: {
      evaluations: 4,
      space: SPACE,
      sampler: { kind: 'tpe', startUp: 4 },
      start: { name: 'narrow', config },
      spec: { config, data, seed: 1, repetition: 0, initialWeights: 'scratch', numerics: 7 },
      profile,
      networks: {},
      initialWeights: {},
      evaluationsARun: 100,
      repeats: 1,
      ...plan,
    },
  };
}
