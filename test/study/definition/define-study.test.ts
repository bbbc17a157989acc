import { expect, it } from 'vitest';
import { defineStudy } from '../../../study/definition/define-study.ts';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import { largerStudy } from '../../workflows/small-study.ts';

const { stages: _stages, ...head } = largerStudy;
const candidates = [{ name: 'narrow', change: { network: { kind: 'dense' as const, hidden: [8] } } }];

it('builds the same data as a JSON file', () => {
  const built = defineStudy(head)
    .compare('width', { question: 'Wide?', candidates })
    .search('search', {
      question: 'Which rate?',
      from: 'width',
      evaluations: 2,
      space: { learningRate: { kind: 'uniform', low: 0.1, high: 0.2 } },
    })
    .variant('flips', {
      question: 'Flipped?',
      of: [{ stage: 'width', candidate: 'narrow' }],
      change: { validationFlip: true },
    })
    .repeat('again', { question: 'Again?', from: 'search' })
    .test('test', { question: 'How good?', from: 'search' });

  const study = parseStudy(built, 'built');
  expect(study.stages.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'compare width',
    'search search',
    'variant flips',
    'repeat again',
    'test test',
  ]);
  expect(parseStudy(JSON.parse(JSON.stringify(built)), 'file')).toEqual(study);
});

it("rejects stages that can't start from each other when it is compiled", () => {
  const width = defineStudy(head).compare('width', { question: 'Wide?', candidates });
  const question = '?';
  const typo = [{ name: 'a', change: { activation: 'reloo' as const } }];
  // @ts-expect-error there is no stage of that name before
  width.compare('rate', { question, from: 'later', candidates });
  // @ts-expect-error a stage does not start from itself
  width.search('rate', { question, from: 'rate', evaluations: 1, space: {} });
  // @ts-expect-error no such activation
  width.compare('activation', { question, candidates: typo });
  const flips = width.variant('flips', { question, of: [], change: {} });
  // @ts-expect-error a side experiment has no winner
  flips.test('test', { question, from: 'flips' });
  // @ts-expect-error the base of a study has no such setting
  defineStudy({ ...head, base: { learningrate: 0.1 } });
});
