import { beforeEach, describe, expect, it } from 'vitest';
import { createOpenStudy } from '../../activities/open-study.ts';
import { type Asked, createSuggest } from '../../activities/suggest.ts';
import { createWriteStage } from '../../activities/write-stage.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { type Arrival, readSearchLog } from '../../storage/searches.ts';
import { readStageRecord } from '../../storage/studies.ts';
import { parseStudy, selectProfile } from '../../study/definition/parse-study.ts';
import type { SearchSpace } from '../../study/definition/search-schema.ts';
import { trialData } from '../../study/plan/plan.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import { largerStudy } from '../workflows/small-study.ts';

const study = parseStudy(largerStudy, 'larger');
const dataset = {
  sha256: 'd'.repeat(64),
  trainImages: 200,
  testImages: 100,
  origin: { kind: 'generated' as const },
};
const data = trialData(study, selectProfile(study, 'tiny'), dataset);
const space: SearchSpace = { learningRate: { kind: 'loguniform', low: 0.001, high: 1 } };
const first: Asked = {
  studyId: 'mine',
  stage: 'search',
  space,
  sampler: { kind: 'tpe', startUp: 3 },
  seed: 1,
  data,
  suggested: 0,
  arrived: 0,
  arrivals: [],
  count: 3,
};

let store: ObjectStore;
beforeEach(() => {
  store = createMemoryStore();
});

describe('suggest', () => {
  it('suggests the same if it is repeated, by another worker or after a reset', async () => {
    const suggest = createSuggest({ store });
    await suggest(first);
    const second = { ...first, suggested: 3, arrivals: [0, 1, 2].map((number) => arrival(number)), count: 2 };
    const once = await suggest(second);
    expect(await suggest(second)).toEqual(once);
    expect(await createSuggest({ store })(second)).toEqual(once);
    // Another result was seen before the search was reset.
    await suggest({ ...second, suggested: 5, arrived: 3, arrivals: [arrival(4, 99)], count: 1 });
    expect(await suggest(second)).toEqual(once);
    const log = (await readSearchLog(store, 'mine', 'search'))?.value;
    expect(log?.suggested).toHaveLength(5);
    expect(log?.arrivals.map(({ number }) => number)).toEqual([0, 1, 2]);
  });

  it('depends on scores by number, not on the order in which they came', async () => {
    const suggestions: unknown[] = [];
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
    ]) {
      const suggest = createSuggest({ store: createMemoryStore() });
      await suggest(first);
      const arrivals = order.map((number) => arrival(number));
      suggestions.push(await suggest({ ...first, suggested: 3, arrivals, count: 2 }));
    }
    expect(suggestions[1]).toEqual(suggestions[0]);
  });

  it('learns that the lowest loss is best', async () => {
    const suggested = async (asked: Partial<Asked>, sign: number) => {
      const suggest = createSuggest({ store: createMemoryStore() });
      await suggest({ ...first, ...asked });
      const arrivals = [0, 1, 2].map((number) => arrival(number, sign * (number + 1)));
      return suggest({ ...first, ...asked, suggested: 3, arrivals, count: 6 });
    };
    const ofLosses = await suggested({ rankBy: 'loss' }, 1);
    expect(ofLosses).toEqual(await suggested({}, -1));
    expect(ofLosses).not.toEqual(await suggested({}, 1));
  });

  it('learns nothing from an evaluation without a score', async () => {
    const suggested = async (score: number | null) => {
      const suggest = createSuggest({ store: createMemoryStore() });
      await suggest(first);
      const arrivals = [arrival(0, score), arrival(1), arrival(2), arrival(3)];
      await suggest({ ...first, suggested: 3, count: 1 });
      return suggest({ ...first, suggested: 4, arrivals, count: 8 });
    };
    expect(await suggested(null)).not.toEqual(await suggested(90));
  });

  it('refuses to go on from a log that has less than was seen', async () => {
    await expect(createSuggest({ store })({ ...first, suggested: 3 })).rejects.toThrow(
      'studies/mine/searches/search.json is damaged: expected 3 suggestions and 0 ends, got 0 and 0',
    );
  });
});

describe('a search that learns from an earlier one', () => {
  const search = study.stages.find((stage) => stage.kind === 'search')!;
  const seeded: Asked = {
    ...first,
    space: search.space,
    seededBy: [{ study: 'earlier', stage: 'search' }],
    count: 1,
  };

  it('knows its completed trials from the start, and records them', async () => {
    await storeEarlier();
    const suggest = createSuggest({ store });
    const { values, seeds } = await suggest({ ...seeded, count: 0 });
    expect({ values, seeds }).toEqual({ values: [], seeds: 3 });
    const learned = await suggest({ ...seeded, suggested: 0, arrived: 0 });
    const alone = await createSuggest({ store: createMemoryStore() })({ ...seeded, seededBy: [] });
    expect(learned.values).not.toEqual(alone.values);
    const arrivals = [{ ...arrival(0), standings: [standing(0)] }];
    await suggest({ ...seeded, suggested: 1, arrivals, count: 0 });
    await open('mine');
    await writeSearch('mine', { standings: [], evaluations: 1 });
    const record = await readStageRecord(store, 'mine', 'search');
    expect(record?.trials.map(({ name }) => name)).toEqual(['narrow_search_01']);
    expect(record?.search).toEqual({
      end: 'completed',
      evaluations: 1,
      seeds: [0, 1, 2].map((number) => ({
        study: 'earlier',
        stage: 'search',
        name: `narrow_search_0${number + 1}`,
        trialKey: null,
        score: 50 + number,
        suggestion: { learningRate: 0.01 * (number + 1), epochs: 20 },
      })),
    });
  });

  it.each<[string, Partial<Asked>, string]>([
    [
      'that is not in the store',
      { seededBy: [{ study: 'none', stage: 'search' }] },
      'expected a study that is in the store',
    ],
    [
      'that is no search',
      { seededBy: [{ study: 'earlier', stage: 'width' }] },
      'expected a search of that study (search)',
    ],
    ['with another space', { space }, 'expected the same space'],
    [
      'on other images',
      { data: { ...data, trainImages: 100 } },
      'expected the same training images and split',
    ],
  ])('is refused: one %s', async (_what, change, message) => {
    await storeEarlier();
    await expect(createSuggest({ store })({ ...seeded, ...change })).rejects.toMatchObject({
      nonRetryable: true,
      message: expect.stringContaining(message),
    });
  });

  async function storeEarlier(): Promise<void> {
    await open('earlier');
    const suggest = createSuggest({ store });
    const earlier = { ...first, studyId: 'earlier', space: search.space };
    await suggest(earlier);
    await suggest({
      ...earlier,
      suggested: 3,
      arrivals: [2, 0, 1].map((number) => arrival(number)),
      count: 0,
    });
    await writeSearch('earlier', { standings: [], evaluations: 3 });
  }
});

it('the record of a search has all its trials, by number, although its workflow remembers only some', async () => {
  await open('mine');
  const suggest = createSuggest({ store });
  await suggest(first);
  await suggest({ ...first, suggested: 3, arrivals: [2, 0, 1].map((number) => arrival(number)), count: 0 });
  const start = { ...standing(0), name: 'narrow', suggestion: null, takenOver: true };
  await writeSearch('mine', { standings: [start, standing(2)], evaluations: 3 });
  const record = await readStageRecord(store, 'mine', 'search');
  expect(record?.trials.map(({ name }) => name)).toEqual([
    'narrow',
    'narrow_search_01',
    'narrow_search_02',
    'narrow_search_03',
  ]);
  // A person has gone on with one that was stopped.
  const whole = { ...arrival(1, 70), standings: [{ ...standing(1), score: 70 }] };
  await suggest({ ...first, suggested: 3, arrived: 3, arrivals: [whole], count: 0 });
  await writeSearch('mine', { standings: [start], evaluations: 3 });
  const again = await readStageRecord(store, 'mine', 'search');
  expect(again?.trials.map(({ name, score }) => [name, score])).toEqual([
    ['narrow', 50],
    ['narrow_search_01', 50],
    ['narrow_search_02', 70],
    ['narrow_search_03', 52],
  ]);
  await expect(writeSearch('mine', { standings: [], evaluations: 4 })).rejects.toThrow(
    'expected 4 results in its log in the store, found 3',
  );
});

// --- helpers ---

function arrival(number: number, score: number | null = 50 + number): Arrival {
  return { number, score, standings: [standing(number)] };
}

function standing(number: number): TrialStanding {
  return {
    name: `narrow_search_0${number + 1}`,
    trialKey: null,
    status: 'trained',
    outcome: 'completed',
    score: 50 + number,
    bestEpoch: 1,
    reused: false,
    takenOver: false,
    of: null,
    suggestion: { learningRate: 0.01 * (number + 1), epochs: 20 },
    override: null,
    message: null,
  };
}

async function open(studyId: string): Promise<void> {
  const opening = { studyId, study, profile: 'tiny', dataset, weights: null, fromScratch: false };
  await createOpenStudy({ store, objectsUrl: null })(opening);
}

async function writeSearch(
  studyId: string,
  { standings, evaluations }: { standings: TrialStanding[]; evaluations: number },
): Promise<void> {
  const end = { end: 'completed' as const, evaluations };
  const stage = {
    name: 'search',
    kind: 'search' as const,
    start: 'narrow',
    winner: 'narrow',
    standings,
    search: end,
  };
  await createWriteStage({ store })({ studyId, stage });
}
