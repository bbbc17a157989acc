import { describe, expect, it } from 'vitest';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import type { StudyInput } from '../../../study/definition/study-schema.ts';
import { planCourse } from '../../../study/plan/course.ts';
import { type NamedConfig, type PlannedTrial, stageTrials } from '../../../study/plan/plan.ts';
import { promotionOf } from '../../../study/plan/promotion.ts';
import { rankCandidates } from '../../../study/plan/ranking.ts';
import { runSeed } from '../../../study/plan/runs.ts';
import { largerStudy } from '../../workflows/small-study.ts';

const nothing = { winners: new Map<string, NamedConfig>(), candidates: new Map<string, PlannedTrial[]>() };

describe('runs of candidates', () => {
  it('differ by their name and seed alone, and the first is the trial without repeats', () => {
    const once = plan(repeated({}), 'width');
    const thrice = plan(repeated({ width: 3 }), 'width');
    expect(namesOf(thrice)).toEqual(['narrow', 'narrow@2', 'narrow@3', 'wide', 'wide@2', 'wide@3']);
    expect(thrice.filter(({ run }) => !run)).toEqual(once);
    expect(thrice[2]).toEqual({ ...once[0], name: 'narrow@3', run: { candidate: 'narrow', index: 2 } });
    expect([0, 1, 2].map((index) => runSeed(7, index))).toEqual([7, 8, 9]);
    expect(runSeed(0x7fff_ffff, 1)).toBe(0);
  });

  it("are as many as the profile says, or else as the stage's own repeats", () => {
    const study = structuredClone(largerStudy) as any;
    study.stages[0].repeats = 2;
    expect(plan(study, 'width')).toHaveLength(4);
    study.profiles.tiny.repeats = { width: 3 };
    expect(plan(study, 'width')).toHaveLength(6);
    study.profiles.tiny.repeats = 1;
    expect(plan(study, 'width')).toHaveLength(2);
  });

  it('of a variant are compared with the ordinary run of the same seed', () => {
    const study = repeated({ width: 2, leakage: 2 });
    const width = plan(study, 'width');
    const leakage = plan(study, 'leakage', { ...nothing, candidates: new Map([['width', width]]) });
    expect(leakage.map(({ name, of }) => [name, of])).toEqual([
      ['wide_leakage', 'wide'],
      ['wide_leakage@2', 'wide@2'],
    ]);
    expect(leakage[0]?.config).toMatchObject({ network: { hidden: [16] }, validationFlip: true });
  });

  it('of a ranked start are those that it lacks', () => {
    const start = { ...plan(repeated({}), 'width')[1]!, won: { name: 'wide', runs: 1 } };
    const soFar = (runs: number) => ({
      ...nothing,
      winners: new Map([['width', { ...start, won: { name: 'wide', runs } }]]),
    });
    const names = (repeats: number, runs: number) =>
      namesOf(plan(repeated({ rate: repeats }), 'rate', soFar(runs)));
    expect(names(2, 1)).toEqual(['wide_fast', 'wide_fast@2', 'wide_slow', 'wide_slow@2', 'wide@2']);
    expect(names(1, 3)).toEqual(['wide_fast', 'wide_slow']);
  });

  it('count in a course, the draws of a search too', () => {
    const counts = planCourse(parse(repeated(2)), parse(repeated(2)).profiles.tiny!).map(
      ({ stage, trials }) => [stage.name, trials.length],
    );
    expect(Object.fromEntries(counts)).toEqual({
      width: 4,
      rate: 4,
      search: 6,
      dropout: 2,
      leakage: 2,
      again: 1,
      test: 0,
    });
  });
});

it('hand on the configuration of the best candidate, with the number of its runs', () => {
  const study = parse(repeated({ width: 2 }));
  const planned = plan(repeated({ width: 2 }), 'width');
  const scores = [70, 50, 61, 62];
  const standings = planned.map(({ name, run }, index) => ({
    name,
    ...(run && { candidate: run.candidate }),
    score: scores[index]!,
    suggestion: null,
    override: null,
    takenOver: false,
  }));
  const stage = { start: undefined, planned, profile: study.profiles.tiny! };
  expect(promotionOf(rankCandidates(standings), stage)).toMatchObject({
    name: 'wide',
    config: planned[2]!.config,
    won: { name: 'wide', runs: 2 },
  });
});

// --- helpers ---

/** @param repeats of the profile. */
function repeated(repeats: number | Record<string, number>): StudyInput {
  const study = structuredClone(largerStudy);
  Object.assign(study.profiles.tiny!, { repeats });
  return study;
}

function parse(study: StudyInput) {
  return parseStudy(study, 'larger');
}

function plan(input: StudyInput, name: string, soFar: Parameters<typeof stageTrials>[3] = nothing) {
  const study = parse(input);
  return stageTrials(study, study.profiles.tiny!, study.stages.find((stage) => stage.name === name)!, soFar);
}

function namesOf(trials: readonly { name: string }[]): string[] {
  return trials.map(({ name }) => name);
}
