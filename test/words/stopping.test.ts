import { expect, it } from 'vitest';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { SearchStage } from '../../study/definition/stage-schema.ts';
import { plannedStopping } from '../../study/plan/stopping.ts';
import { stoppingInWords } from '../../words/stopping.ts';
import { largerStudy } from '../workflows/small-study.ts';

const search = parseStudy(largerStudy, 'larger').stages.find(({ kind }) => kind === 'search') as SearchStage;
const { epochs, ...withoutEpochs } = search.space;
const inWords = (change: Partial<SearchStage>, divisor = 1) => {
  const stopping = plannedStopping(
    { ...search, evaluations: 9, ...change },
    { epochDivisor: divisor },
    { epochs: 27 as never },
  );
  return stopping && stoppingInWords(stopping);
};

it('says where a search stops trials, and what that saves', () => {
  expect(inWords({ space: withoutEpochs, stopping: { kind: 'halving', first: 3, factor: 3 } })).toEqual([
    'stops trials early, all but the best 1 of 3 of a round (halving)',
    // Six stop after 3 epochs of 27, two after 9.
    'decides after epochs 3, 9; trains 63 epochs instead of 243: saves 74 %',
  ]);
  expect(inWords({ space: withoutEpochs, stopping: { kind: 'asha', first: 9, factor: 3 } })).toEqual([
    'stops trials early, those not among the best 1 of 3 that came so far before them (asha)',
    // All but the first may stop there.
    'decides after epoch 9; trains 99 to 243 epochs instead of 243, as results decide: saves 0 to 60 %',
  ]);
});

it('says how many evaluations halving compares, if that is not all of them', () => {
  const halving = { stopping: { kind: 'halving' as const, first: 3, factor: 3 } };
  expect(inWords({ space: withoutEpochs, evaluations: 1000, ...halving })?.[0]).toBe(
    'stops trials early, all but the best 1 of 3 of a round (halving); a round has at most 300 evaluations: 250, 250, 250, 250',
  );
  expect(inWords({ space: withoutEpochs, evaluations: 300, ...halving })?.[0]).toMatch(/\(halving\)$/);
});

it('counts epochs as the profile trains them, up to the longest trial that may be drawn', () => {
  // 10 to 100 epochs, divided by 5.
  expect(inWords({ stopping: { kind: 'median', first: 20, every: 10 }, parallel: 3 }, 5)?.[1]).toMatch(
    /^decides after epochs 4, 6, 8, 10, 12, 14, 16, 18; trains 18 to 180 epochs instead of 18 to 180, as results decide: saves 0 to \d\d %$/,
  );
});

it('says that no trial is long enough', () => {
  expect(inWords({ stopping: { kind: 'halving', first: 50, factor: 3 } }, 100)).toEqual([
    'stops no trial early: the longest has 1\u00a0epoch, and the first decision falls after 1',
  ]);
});

it('says nothing of a search that stops nothing', () => {
  expect(inWords({})).toBeUndefined();
});
