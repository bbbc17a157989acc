import { expect, it } from 'vitest';
import { withBudget } from '../../../client/start/budget.ts';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import { largerStudy, smallStudy } from '../../workflows/small-study.ts';

const study = parseStudy(largerStudy, 'larger');

it.each([
  ['6h', { hours: 6 }],
  ['90min', { hours: 1.5 }],
  ['500epochs', { epochs: 500 }],
])('gives each search of a study a budget: %s', (text, budget) => {
  const changed = withBudget(study, text);
  expect(changed.stages.filter(({ kind }) => kind === 'search')).toMatchObject([{ name: 'search', budget }]);
  expect(parseStudy(changed, 'changed')).toEqual(changed);
});

it('leaves a study as it is without one', () => {
  expect(withBudget(study, undefined)).toBe(study);
});

it.each(['6', '0h', '-1h', 'h', '6 days', '1e3epochs'])('refuses %j, and says what it takes', (text) => {
  expect(() => withBudget(study, text)).toThrow('such as 6h, 90min or 500epochs');
});

it('refuses a study without a search', () => {
  expect(() => withBudget(parseStudy(smallStudy, 'small'), '6h')).toThrow('expected a study with a search');
});
