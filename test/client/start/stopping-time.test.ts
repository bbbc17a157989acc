import { expect, it } from 'vitest';
import { describeStopping, estimateStopping } from '../../../client/start/stopping-time.ts';
import { parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import type { StudyInput } from '../../../study/definition/study-schema.ts';
import { planCourse, type StagePlan } from '../../../study/plan/course.ts';
import { scheduleSeconds } from '../../../study/plan/schedule.ts';
import { smallStudy } from '../../workflows/small-study.ts';

type SearchInput = Extract<StudyInput['stages'][number], { kind: 'search' }>;

it('says how long a search takes with early stopping and without', () => {
  // Nine trials of 27 s. Six stop after 3 s, two after 9 s.
  expect(inWords({ stopping: { kind: 'halving', first: 3, factor: 3 } })).toEqual([
    'time of search: about 1 min 3 s; without early stopping about 4 min 3 s',
  ]);
  // All but the first may stop, or none.
  expect(inWords({ stopping: { kind: 'asha', first: 3, factor: 3 } })).toEqual([
    'time of search: 51 s to 4 min 3 s, as results decide; without early stopping about 4 min 3 s',
  ]);
});

it('counts what runs side by side, and the middle of the lengths that a search may draw', () => {
  const epochs = { kind: 'integer', low: 9, high: 45 } as const;
  const space = { learningRate: { kind: 'uniform', low: 0.01, high: 0.1 } as const, epochs };
  const stopping = { kind: 'halving', first: 3, factor: 3 } as const;
  expect(inWords({ stopping, space }, 3)).toEqual([
    'time of search: about 27 s; without early stopping about 1 min 21 s',
  ]);
});

it('says nothing of a search that stops nothing', () => {
  expect(inWords({})).toEqual([]);
});

// --- helpers ---

/** On a machine on which an epoch takes a second. */
function inWords(change: Partial<SearchInput>, slots = 1): string[] {
  const search: SearchInput = {
    kind: 'search',
    name: 'search',
    question: 'Which rate?',
    from: 'width',
    evaluations: 9,
    space: { learningRate: { kind: 'uniform', low: 0.01, high: 0.1 } },
    ...change,
  };
  const profiles = { once: { ...smallStudy.profiles.tiny!, epochDivisor: 1 } };
  const stages = [smallStudy.stages[0]!, search];
  const study = parseStudy({ ...smallStudy, base: { epochs: 27 }, stages, profiles }, 'small');
  const profile = selectProfile(study, 'once');
  const course = planCourse(study, profile);
  const schedule = (plan: readonly StagePlan[]) =>
    scheduleSeconds(plan, ({ config }) => ({ seconds: config.epochs, memoryBytes: 1 }), {
      slots,
      memoryBytes: 100,
    });
  return estimateStopping({ fastest: course, slowest: course }, profile, schedule).map(describeStopping);
}
