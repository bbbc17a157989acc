import { describe, it } from 'vitest';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import type { StoppingRule } from '../../study/search/stopping/rules.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { QUERIES, UPDATES } from '../../temporal/names.ts';
import type { StudyStatus, TrialStatus } from '../../workflows/status.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { endOfTraining } from './halting-training.ts';
import { innermost, run, type Train, useTemporal } from './run-study.ts';
import { smallStudy } from './small-study.ts';

const temporal = useTemporal();
/** As trials count them; the study has five times as many. */
const EPOCHS = 8;

describe.concurrent('a search with halving', () => {
  it('has its trials wait for each other at each rung, without a slot, and lets the best go on', async ({
    expect,
  }) => {
    const studyId = 'halves';
    const slowest = held();
    const training = trains(
      scores([10, 60, 30, 50, 20, 40]),
      (spec, epochs) => epochs === 0 && spec.config.learningRate === 0.002 && slowest.released,
    );
    const { written } = await run(
      studyId,
      { ...training, request: request({ kind: 'halving', first: 5, factor: 3 }) },
      async (handle) => {
        await expect.poll(() => statesOf(studyId, [1, 3, 4, 5, 6])).toEqual(Array(5).fill('halted'));
        // The stage before trained two trials of two epochs.
        expect(training.epochs()).toEqual([2, 2, 1, 1, 1, 1, 1]);
        slowest.release();
        expect((await handle.result()).winner?.name).toBe('wide_search_02');
      },
    );
    expect(standingsOf(written)).toEqual([
      'search_01 stopped at 1',
      'search_02 completed',
      'search_03 stopped at 1',
      'search_04 stopped at 3',
      'search_05 stopped at 1',
      'search_06 stopped at 1',
    ]);
    const [stopped] = written[0]?.stages[1]?.standings.filter(({ name }) => name.endsWith('01')) ?? [];
    expect(stopped).toMatchObject({
      score: null,
      bestEpoch: null,
      outcome: null,
      stopped: { epoch: 1, score: 5 },
    });
    expect(stopped).not.toHaveProperty('rungScores');
    expect(stopped).not.toHaveProperty('arrivals');
  });

  it('doesn’t wait for a trial that was skipped, and decides the same for one that comes again', async ({
    expect,
  }) => {
    const studyId = 'halves-without-one';
    const slowest = held();
    const training = trains(
      scores([10, 60, 30]),
      (spec) => spec.config.learningRate === 0.001 && slowest.released,
    );
    const halving = request({ kind: 'halving', first: 5, factor: 3 }, { evaluations: 3 });
    const { written } = await run(studyId, { ...training, request: halving }, async (handle) => {
      await expect.poll(() => statesOf(studyId, [2, 3])).toEqual(['halted', 'halted']);
      const waiting = async () =>
        Object.keys((await handle.query<StudyStatus>(QUERIES.studyStatus)).attention);
      await trialHandle(studyId, 2).terminate();
      await expect.poll(waiting).toEqual([`${studyId}/search/wide_search_02`]);
      await trialHandle(studyId, 1).terminate();
      await expect.poll(async () => (await waiting()).length).toBe(2);
      slowest.release();
      await trialHandle(studyId, 1).executeUpdate(UPDATES.skipTrial, { args: [] });
      await expect.poll(() => statesOf(studyId, [3])).toEqual(['done']);
      await trialHandle(studyId, 2).executeUpdate(UPDATES.retryTrial, { args: [] });
      expect((await handle.result()).winner?.name).toBe('wide_search_02');
    });
    expect(standingsOf(written)).toEqual([
      'search_01 skipped',
      'search_02 completed',
      'search_03 stopped at 1',
    ]);
  });
});

it.concurrent('a person can go on with a trial that was stopped, and it ranks with the others', async ({
  expect,
}) => {
  const studyId = 'goes-on';
  const best = held();
  const training = trains(
    scores([10, 60, 30]),
    (spec, epochs) => epochs > 0 && spec.config.learningRate === 0.002 && best.released,
  );
  const halving = request({ kind: 'halving', first: 5, factor: 3 }, { evaluations: 3 });
  const { written } = await run(studyId, { ...training, request: halving }, async (handle) => {
    const stage = temporal().client.workflow.getHandle(`${studyId}/search`);
    const goOn = (name: string) =>
      stage
        .executeUpdate<string, [string]>(UPDATES.continueTrial, { args: [name] })
        .catch((error) => innermost(error).message);
    await expect.poll(() => statesOf(studyId, [1, 3])).toEqual(['done', 'done']);
    expect(await goOn('wide_search_02')).toBe(
      "wide_search_02: it can't be gone on with: the search has not stopped it, or long ago",
    );
    await expect.poll(() => goOn('wide_search_03')).toBe('wide_search_03: trained to its end');
    await expect
      .poll(async () => (await trialHandle(studyId, 3).query<TrialStatus>(QUERIES.trialStatus)).end?.outcome)
      .toBe('completed');
    best.release();
    await handle.result();
  });
  expect(standingsOf(written)).toEqual([
    'search_01 stopped at 1',
    'search_02 completed',
    'search_03 completed',
  ]);
});

it.concurrent('a search with median compares each round with those before it', async ({ expect }) => {
  const training = trains(scores([10, 20, 30, 40, 50, 60, 5, 36, 70]));
  const rule = { kind: 'median', first: 10, every: 10 } as const;
  const { written } = await run(
    'medians',
    { ...training, request: request(rule, { evaluations: 9, parallel: 3 }) },
    async (handle) => {
      expect((await handle.result()).winner?.name).toBe('wide_search_09');
    },
  );
  // The second round has only three trials before it, the third six, with 35 in their middle.
  expect(standingsOf(written).slice(6)).toEqual([
    'search_07 stopped at 2',
    'search_08 completed',
    'search_09 completed',
  ]);
  expect(
    standingsOf(written)
      .slice(0, 6)
      .every((text) => text.endsWith('completed')),
  ).toBe(true);
});

it.concurrent('a search with asha decides by who came before, and records that', async ({ expect }) => {
  const training = trains(scores([40, 60, 30, 52]));
  const rule = { kind: 'asha', first: 5, factor: 2 } as const;
  const { written } = await run(
    'orders',
    { ...training, request: request(rule, { evaluations: 4, parallel: 1 }) },
    async (handle) => {
      expect((await handle.result()).winner?.name).toBe('wide_search_02');
    },
  );
  expect(standingsOf(written)).toEqual([
    'search_01 completed, after 0, 0, 0',
    'search_02 completed, after 1, 1, 1',
    'search_03 stopped at 1, after 2',
    'search_04 completed, after 3, 2, 2',
  ]);
});

it.concurrent('a trial whose result the store has completes, and the others are decided as if it had not', async ({
  expect,
}) => {
  const training = trains(scores([10, 60, 30, 50, 20, 40]), () => undefined, [0.001]);
  const { written } = await run(
    'halves-from-store',
    { ...training, request: request({ kind: 'halving', first: 5, factor: 3 }) },
    async (handle) => {
      await handle.result();
    },
  );
  expect(standingsOf(written)).toEqual([
    'search_01 completed',
    'search_02 completed',
    'search_03 stopped at 1',
    'search_04 stopped at 3',
    'search_05 stopped at 1',
    'search_06 stopped at 1',
  ]);
});

// --- helpers ---

function request(stopping: StoppingRule, change: object = {}): StudyRequest {
  const study: StudyInput = {
    ...smallStudy,
    name: 'stopping',
    stages: [
      smallStudy.stages[0]!,
      {
        kind: 'search',
        name: 'search',
        question: 'Which rate?',
        from: 'width',
        evaluations: 6,
        space: {
          learningRate: { kind: 'uniform', low: 0.001, high: 0.1 },
          epochs: { kind: 'choice', options: [5 * EPOCHS] },
        },
        stopping,
        ...change,
      },
    ],
  };
  return {
    study: parseStudy(study, 'stopping'),
    profile: 'tiny',
    source: { archive: null },
    weights: { file: null },
  };
}

/** What the trial of each evaluation ends with. In the stage before, the wide network wins. */
function scores(ends: number[]): (spec: TrialSpec) => number {
  return ({ config }) => {
    const isSearched = config.learningRate < 0.015;
    return isSearched
      ? (ends[Math.round(1000 * config.learningRate) - 1] as number)
      : (config.network.hidden[0] as number) / 8;
  };
}

/**
 * Trials whose accuracies come nearer to their end with each epoch: half, three quarters and so on.
 *
 * @param waits what a trial waits for before it trains, with so many epochs behind it.
 * @param stored learning rates of trials whose results the store has.
 */
function trains(
  endOf: (spec: TrialSpec) => number,
  waits: (spec: TrialSpec, epochs: number) => unknown = () => undefined,
  stored: number[] = [],
) {
  const epochs = new Map<string, number>();
  const train: Train = async ({ spec, rungs }) => {
    const key = trialKey(spec);
    await waits(spec, epochs.get(key) ?? 0);
    const accuracies = Array.from(
      { length: spec.config.epochs },
      (_, epoch) => endOf(spec) * (1 - 0.5 ** (epoch + 1)),
    );
    const isStored = stored.includes(spec.config.learningRate);
    const end = endOfTraining({ spec, ...(rungs && { rungs }) }, accuracies, isStored);
    epochs.set(key, end.status === 'halted' ? (end.rungScores.at(-1)?.epoch ?? 0) : accuracies.length);
    return end;
  };
  const suggest = async ({ count, suggested }: { count: number; suggested: number }) => {
    const values = Array.from({ length: count }, (_, index) => ({
      learningRate: (suggested + index + 1) / 1000,
      epochs: 5 * EPOCHS,
    }));
    return { values, seeds: 0 };
  };
  return { train, suggest, epochs: () => [...epochs.values()] };
}

function held() {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { released, release: () => release() };
}

function trialHandle(studyId: string, evaluation: number) {
  return temporal().client.workflow.getHandle(`${studyId}/search/wide_search_0${evaluation}`);
}

function statesOf(studyId: string, evaluations: number[]): Promise<string[]> {
  return Promise.all(
    evaluations.map(async (evaluation) => {
      const status = await trialHandle(studyId, evaluation)
        .query<TrialStatus>(QUERIES.trialStatus)
        .catch(() => undefined);
      return status?.state ?? 'unknown';
    }),
  );
}

/** The search's trials in words, without the one that it starts from. */
function standingsOf(written: { stages: { standings: TrialStanding[] }[] }[]): string[] {
  const standings = written[0]?.stages[1]?.standings.slice(1) ?? [];
  return standings.map(({ name, status, outcome, stopped, arrivals }) => {
    const how = stopped ? `stopped at ${stopped.epoch}` : (outcome ?? status);
    return `${name.replace(/^wide_/, '')} ${how}${arrivals ? `, after ${arrivals.join(', ')}` : ''}`;
  });
}
