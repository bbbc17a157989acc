import { expect, it } from 'vitest';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import { largerStudy } from '../../workflows/small-study.ts';

it.each<[string, (study: any) => void, string]>([
  [
    'a stage that is not there',
    (s) => (s.profiles.tiny.repeats = { widht: 3 }),
    'profiles.tiny.repeats.widht: expected the name of a stage that compares, searches or varies candidates (width, rate, search, ' +
      'dropout, leakage), got 3 (did you mean "width"?)',
  ],
  [
    'a stage without candidates',
    (s) => (s.profiles.tiny.repeats = { again: 2 }),
    'profiles.tiny.repeats.again: expected the name of a stage',
  ],
  ['no run at all', (s) => (s.stages[0].repeats = 0), 'stages[0].repeats: expected at least 1, got 0'],
  [
    'a variant with more runs than what it varies',
    (s) => (s.stages[4].repeats = 2),
    'stages[4].repeats: expected at most 1, as many runs as the candidates of width have in the profile tiny',
  ],
  [
    'a variant with more runs in a profile',
    (s) => (s.profiles.tiny.repeats = { width: 2, leakage: 3 }),
    'profiles.tiny.repeats.leakage: expected at most 2, as many runs as',
  ],
  [
    'a rule for ties that is none',
    (s) => (s.stages[0].ties = 'later'),
    'stages[0].ties: expected one of "earlier", "parameters", "time", got "later"',
  ],
])('tells of repeats of %s', (_what, spoil, message) => {
  const study = structuredClone(largerStudy);
  spoil(study);
  expect(() => parseStudy(study, 'mine.json')).toThrow(message);
});

it('takes repeats of stages, and of profiles by number or by stage', () => {
  const study: any = structuredClone(largerStudy);
  study.stages[0].repeats = 3;
  study.stages[4].repeats = 3;
  study.profiles.all = { ...study.profiles.tiny, repeats: 5 };
  study.profiles.some = { ...study.profiles.tiny, repeats: { rate: 2 } };
  const parsed = parseStudy(study, 'mine.json');
  expect(parsed.stages[0]).toMatchObject({ repeats: 3 });
  expect(parsed.stages[1]).not.toHaveProperty('repeats');
  expect(parsed.profiles.some?.repeats).toEqual({ rate: 2 });
});
